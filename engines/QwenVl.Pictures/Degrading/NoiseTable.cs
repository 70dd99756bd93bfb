using QwenVl.Pictures.Randomness;

namespace QwenVl.Pictures.Degrading;

/// <summary>Normally distributed numbers in steps of 1/32, drawn once: a picture reads them from random places.</summary>
internal static class NoiseTable
{
    public const int Size = 1 << 16;
    public const int StepBits = 5;

    public static readonly sbyte[] Values = Build();

    private static sbyte[] Build()
    {
        var random = new PictureRandom(1, 0x4E6F697365, 0);
        var values = new sbyte[Size];
        for (int i = 0; i < Size; i++)
        {
            // The sum of twelve even numbers is normal enough and has variance one.
            double sum = -6;
            for (int k = 0; k < 12; k++) sum += random.Unit();
            values[i] = (sbyte)Math.Clamp(Math.Round(sum * (1 << StepBits)), sbyte.MinValue, sbyte.MaxValue);
        }

        return values;
    }
}
