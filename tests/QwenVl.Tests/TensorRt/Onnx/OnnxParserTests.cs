using System.IO.MemoryMappedFiles;
using System.Runtime.InteropServices;
using QwenVl.TensorRt;
using QwenVl.TensorRt.Building;
using QwenVl.TensorRt.Onnx;
using QwenVl.Tests.Infrastructure;

namespace QwenVl.Tests.TensorRt.Onnx;

[Collection(NativeLibraryTests.Name)]
public sealed class OnnxParserTests : IDisposable
{
    private readonly TemporaryFolder _folder;
    private readonly TensorRtBuilder _builder;
    private readonly NetworkDefinition _network;
    private readonly OnnxParser _parser;

    public OnnxParserTests()
    {
        _builder = NvidiaLibraries.Rtx.CreateBuilder();
        _network = _builder.CreateNetwork();
        _parser = _network.CreateOnnxParser();
        _folder = new TemporaryFolder();
    }

    public void Dispose()
    {
        _parser.Dispose();
        _network.Dispose();
        _builder.Dispose();
        _folder.Dispose();
    }

    [Fact]
    public void An_unknown_operator_is_named_with_its_node()
    {
        OnnxParseException error = Assert.Throws<OnnxParseException>(() => _parser.Parse(SmallModels.WithUnknownOperator()));

        OnnxParseError wrong = error.Errors[0];
        Assert.Equal("Frobnicate", wrong.Operator);
        Assert.Equal("decoder.Frobnicate", wrong.NodeName);
        Assert.Equal(1, wrong.NodeIndex);
        Assert.NotEmpty(wrong.Description);
        Assert.Contains("decoder.Frobnicate", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Shapes_that_do_not_fit_are_told_with_the_node()
    {
        OnnxParseException error = Assert.Throws<OnnxParseException>(() => _parser.Parse(SmallModels.WithContradiction()));

        Assert.Contains(error.Errors, wrong => wrong.Operator == "MatMul" && wrong.NodeIndex == 0);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(40)]
    [InlineData(150)]
    public void A_model_that_is_cut_off_is_refused(int bytes) =>
        Assert.NotEmpty(Assert.Throws<OnnxParseException>(() => _parser.Parse(SmallModels.Linear().AsSpan(0, bytes))).Message);

    [Fact]
    public void Bytes_that_are_no_model_are_refused()
    {
        byte[] noise = new byte[1000];
        new Random(1).NextBytes(noise);

        Assert.Throws<OnnxParseException>(() => _parser.Parse(noise));
    }

    [Fact]
    public void External_weights_are_found_beside_the_file()
    {
        File.WriteAllBytes(_folder.File("weights.bin"), SmallModels.WeightBytes());
        File.WriteAllBytes(_folder.File("model.onnx"), SmallModels.LinearWithExternalWeights("weights.bin"));

        _parser.ParseFile(_folder.File("model.onnx"));

        Assert.Single(_network.Outputs);
    }

    [Fact]
    public void External_weights_of_a_model_in_memory_are_found_in_the_directory()
    {
        File.WriteAllBytes(_folder.File("weights.bin"), SmallModels.WeightBytes());

        _parser.Parse(SmallModels.LinearWithExternalWeights("weights.bin"), _folder.Path);

        Assert.Single(_network.Outputs);
    }

    [Fact]
    public void A_missing_weights_file_is_told()
    {
        File.WriteAllBytes(_folder.File("model.onnx"), SmallModels.LinearWithExternalWeights("weights.bin"));

        Assert.Contains("weights.bin", Assert.Throws<OnnxParseException>(() => _parser.ParseFile(_folder.File("model.onnx"))).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_missing_model_file_is_told_by_its_path() =>
        Assert.Equal(_folder.File("none.onnx"), Assert.Throws<FileNotFoundException>(() => _parser.ParseFile(_folder.File("none.onnx"))).FileName);

    [Fact]
    public unsafe void Weights_of_a_mapped_file_are_used_where_they_are_and_outlive_their_view()
    {
        string path = _folder.File("weights.bin");
        File.WriteAllBytes(path, SmallModels.WeightBytes());
        _parser.LoadModelProto(SmallModels.LinearWithExternalWeights("elsewhere.bin"));
        using (var file = MemoryMappedFile.CreateFromFile(path, FileMode.Open, null, 0, MemoryMappedFileAccess.Read))
        using (MemoryMappedViewAccessor view = file.CreateViewAccessor(0, 0, MemoryMappedFileAccess.Read))
        {
            SafeHandle owner = view.SafeMemoryMappedViewHandle;
            _parser.LoadInitializer(SmallModels.Weights, owner.DangerousGetHandle(), SmallModels.WeightBytes().Length, owner);
        }

        _parser.ParseModelProto();
        _parser.Dispose();

        using BuilderConfig config = SmallModels.Configure(_builder);
        using HostMemory plan = _builder.BuildPlan(_network, config);
        // The build read the weights after the view was disposed: without the handle held it would have crashed.
        Assert.True(plan.Length > 0);
    }

    [Fact]
    public void Weights_of_managed_memory_stay_until_the_build()
    {
        _parser.LoadModelProto(SmallModels.LinearWithExternalWeights("elsewhere.bin"));
        _parser.LoadInitializer(SmallModels.Weights, SmallModels.WeightBytes());
        GC.Collect();
        _parser.ParseModelProto();

        using BuilderConfig config = SmallModels.Configure(_builder);
        using HostMemory plan = _builder.BuildPlan(_network, config);
        Assert.True(plan.Length > 0);
    }

    [Fact]
    public void Weights_before_a_model_and_a_second_model_are_refused()
    {
        Assert.Throws<InvalidOperationException>(() => _parser.LoadInitializer(SmallModels.Weights, SmallModels.WeightBytes()));
        Assert.Throws<InvalidOperationException>(_parser.ParseModelProto);
        _parser.Parse(SmallModels.Linear());
        Assert.Throws<InvalidOperationException>(() => _parser.Parse(SmallModels.Linear()));
    }

    [Fact]
    public void Weights_of_another_size_or_name_are_refused_before_the_build()
    {
        _parser.LoadModelProto(SmallModels.LinearWithExternalWeights("elsewhere.bin"));

        Exception? error = Record.Exception(() =>
        {
            _parser.LoadInitializer("other", SmallModels.WeightBytes());
            _parser.ParseModelProto();
        });

        Assert.IsType<OnnxParseException>(error);
    }

    [Fact]
    public void Operators_are_known_by_name()
    {
        Assert.True(_parser.SupportsOperator("MatMul"));
        Assert.False(_parser.SupportsOperator("Frobnicate"));
    }

    [Fact]
    public void The_parser_of_another_product_is_refused()
    {
        var options = new TensorRtOptions { Location = NvidiaLibraries.RtxPath, ParserLibrary = Path.Combine(NvidiaLibraries.TensorRt10Path, "libnvonnxparser.so.10") };

        Assert.Contains("does not belong", Assert.Throws<NotSupportedException>(() => TensorRtLibrary.Load(options)).Message, StringComparison.Ordinal);
    }
}
