using QwenVl.TensorRt;
using QwenVl.TensorRt.Abi;
using QwenVl.TensorRt.Native;

namespace QwenVl.Tests.TensorRt.Native;

public sealed class ParserLibraryTests
{
    private const string Parser = "/lib/libnvonnxparser.so";
    private const string RtxParser = "/lib/libtensorrt_onnxparser_rtx.so.1";

    [Theory]
    [InlineData(Parser, 100, 100600, true)]
    [InlineData(Parser, 100, 110000, true)]
    [InlineData(Parser, 100, 110200, false)]
    [InlineData(Parser, 200, 110200, true)]
    [InlineData(Parser, 200, 101501, false)]
    [InlineData(RtxParser, 200, 10701, true)]
    [InlineData(RtxParser, 100, 10400, true)]
    [InlineData(RtxParser, 100, 10701, false)]
    [InlineData(RtxParser, 200, 10400, false)]
    [InlineData(RtxParser, 200, 110200, false)]
    [InlineData(Parser, 200, 10701, false)]
    public void A_parser_must_be_of_the_librarys_generation_and_product(string path, int parser, int library, bool fits)
    {
        TensorRtAbi abi = TensorRtAbi.For(TensorRtVersion.FromNumber(library));

        Exception? error = Record.Exception(() => ParserLibrary.Check(path, parser, abi));

        if (fits) Assert.Null(error);
        else Assert.Contains(path, Assert.IsType<NotSupportedException>(error).Message, StringComparison.Ordinal);
    }
}
