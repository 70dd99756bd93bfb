using QwenVl.TensorRt;
using QwenVl.TensorRt.Abi;
using QwenVl.TensorRt.Building;

namespace QwenVl.Tests.TensorRt.Abi;

public sealed class TensorRtAbiTests
{
    [Theory]
    [InlineData(100000, AbiColumn.TensorRt10, false, "TensorRT 10.0.0")]
    [InlineData(101501, AbiColumn.TensorRt10, false, "TensorRT 10.15.1")]
    [InlineData(110201, AbiColumn.TensorRt11, true, "TensorRT 11.2.1")]
    [InlineData(10300, AbiColumn.Rtx13, false, "TensorRT-RTX 1.3.0")]
    [InlineData(10400, AbiColumn.Rtx13, false, "TensorRT-RTX 1.4.0")]
    [InlineData(10500, AbiColumn.Rtx15, true, "TensorRT-RTX 1.5.0")]
    [InlineData(10701, AbiColumn.Rtx15, true, "TensorRT-RTX 1.7.1")]
    public void A_version_has_its_column(int number, object column, bool generation11, string name)
    {
        TensorRtAbi abi = TensorRtAbi.For(TensorRtVersion.FromNumber(number));

        Assert.Equal(column, abi.Column);
        Assert.Equal(generation11, abi.IsGeneration11);
        Assert.Equal(name, abi.Version.ToString());
        Assert.Equal(number, abi.Version.Number);
    }

    [Theory]
    [InlineData(8601)]
    [InlineData(9300)]
    [InlineData(10200)]
    [InlineData(10800)]
    [InlineData(20000)]
    [InlineData(90300)]
    [InlineData(120000)]
    [InlineData(0)]
    [InlineData(-5)]
    public void A_version_without_a_known_table_is_refused_with_its_number(int number)
    {
        NotSupportedException error = Assert.Throws<NotSupportedException>(() => TensorRtAbi.For(TensorRtVersion.FromNumber(number)));

        Assert.Contains("not supported", error.Message, StringComparison.Ordinal);
        Assert.Contains("TensorRT 10 and 11", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(BuilderFlag.Tf32, 6, 6)]
    [InlineData(BuilderFlag.VersionCompatible, 13, 12)]
    [InlineData(BuilderFlag.StripPlan, 19, 18)]
    [InlineData(BuilderFlag.DistributiveIndependence, 28, 27)]
    public void A_flag_has_the_number_of_its_generation(BuilderFlag flag, int generation10, int generation11)
    {
        Assert.Equal(generation10, BuilderFlagNumbers.Of(flag, Abi(100600)));
        Assert.Equal(generation10, BuilderFlagNumbers.Of(flag, Abi(10400)));
        Assert.Equal(generation11, BuilderFlagNumbers.Of(flag, Abi(110000)));
        Assert.Equal(generation11, BuilderFlagNumbers.Of(flag, Abi(10500)));
    }

    [Theory]
    [InlineData(100600)]
    [InlineData(110400)]
    [InlineData(10701)]
    public void Flags_of_one_version_have_numbers_of_their_own(int version)
    {
        TensorRtAbi abi = Abi(version);

        Assert.Distinct(Enum.GetValues<BuilderFlag>().Where(flag => abi.Column is AbiColumn.Rtx15 || flag is not BuilderFlag.RequireUserAllocation).Select(flag => BuilderFlagNumbers.Of(flag, abi)));
    }

    [Theory]
    [InlineData(100600)]
    [InlineData(110000)]
    [InlineData(10400)]
    public void A_flag_that_the_version_lacks_is_refused(int version) =>
        Assert.Throws<NotSupportedException>(() => BuilderFlagNumbers.Of(BuilderFlag.RequireUserAllocation, Abi(version)));

    private static TensorRtAbi Abi(int version) => TensorRtAbi.For(TensorRtVersion.FromNumber(version));
}
