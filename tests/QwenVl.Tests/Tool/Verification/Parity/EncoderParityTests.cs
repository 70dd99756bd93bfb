using QwenVl.Engines.Tool.Verification.Parity;

namespace QwenVl.Tests.Tool.Verification.Parity;

public sealed class EncoderParityTests
{
    [Theory]
    [InlineData(32, 8, "8 7 6 5 4 2")]
    [InlineData(5, 8, "5")]
    [InlineData(7, 2, "2 2 2 1")]
    [InlineData(3, 1, "1 1 1")]
    [InlineData(12, 3, "3 2 3 2 2")]
    public void Batches_begin_with_the_largest_and_take_every_size(int pictures, int most, string sizes) =>
        Assert.Equal(sizes, string.Join(' ', EncoderParity.BatchSizes(pictures, most)));
}
