using QwenVl.Pictures.Degrading;

namespace QwenVl.Tests.Pictures.Degrading;

public sealed class BlurTests
{
    [Fact]
    public void A_plain_picture_stays_as_it_is()
    {
        byte[] rgba = [.. Enumerable.Repeat((byte)200, 21 * 13 * 4)];

        Blur.Apply(rgba, 21, 1.7);

        Assert.All(rgba, value => Assert.Equal(200, value));
    }

    [Fact]
    public void A_point_spreads_by_the_given_deviation()
    {
        const int Side = 41, Middle = Side / 2;
        byte[] rgba = new byte[Side * Side * 4];
        for (int y = Middle - 3; y <= Middle + 3; y++)
            for (int x = Middle - 3; x <= Middle + 3; x++)
                rgba[(y * Side + x) * 4] = 255;

        Blur.Apply(rgba, Side, 2);

        double sum = 0, square = 0;
        for (int x = 0; x < Side; x++)
        {
            double value = rgba[(Middle * Side + x) * 4];
            sum += value;
            square += value * (x - Middle) * (x - Middle);
        }

        // A bar of seven pixels has variance 4; the blur adds 4.
        Assert.InRange(square / sum, 7, 9);
    }
}
