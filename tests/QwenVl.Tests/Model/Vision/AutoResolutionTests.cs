using QwenVl.Model.Vision;

namespace QwenVl.Tests.Model.Vision;

public sealed class AutoResolutionTests
{
    private const int Side = 1024;

    [Theory]
    [InlineData(400, 600, false)]
    [InlineData(512, 512, false)]
    [InlineData(700, 600, true)]
    [InlineData(3000, 4000, true)]
    public void Small_pictures_leave_no_choice(int height, int width, bool isChoice) => Assert.Equal(isChoice, AutoResolution.IsChoice(height, width));

    [Theory]
    [InlineData(6, true, 1024)]
    [InlineData(6, false, 1024)]
    [InlineData(64, true, 512)]
    public void Fine_stripes_are_seen_at_1024_and_wide_ones_at_512(int width, bool isReading, int budget) =>
        Assert.Equal(SmartResize.Fit(Side, Side, SmartResize.DefaultMinPixels, (long)budget * budget), AutoResolution.Prepare(Stripes(width), isReading).Grid);

    [Fact]
    public void A_prompt_that_asks_for_something_written_sees_1024_sooner()
    {
        float between = (AutoResolution.ReadingThreshold + AutoResolution.OtherThreshold) / 2;

        Assert.Equal(SmartResize.Pixels1024, AutoResolution.Choose(between, isReading: true));
        Assert.Equal(SmartResize.Pixels512, AutoResolution.Choose(between, isReading: false));
    }

    private static RgbImage Stripes(int width)
    {
        var pixels = new byte[Side * Side * 3];
        for (int i = 0; i < Side * Side; i++) pixels.AsSpan(i * 3, 3).Fill((byte)(i % Side < 200 && i % Side / width % 2 == 0 ? 200 : 40));
        return new RgbImage(Side, Side, pixels);
    }
}
