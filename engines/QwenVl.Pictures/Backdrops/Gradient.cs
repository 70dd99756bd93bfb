using SkiaSharp;

namespace QwenVl.Pictures.Backdrops;

/// <summary>A colour that changes evenly in one direction across the whole picture.</summary>
/// <param name="From">Where the direction begins.</param>
/// <param name="To">Where it ends.</param>
/// <param name="Angle">The direction in radians, 0 to the right.</param>
internal sealed record Gradient(SKColor From, SKColor To, double Angle)
{
    /// <summary>Fills RGBA pixels, row by row without padding. Faster than a shader, and without its rounding.</summary>
    public void Fill(Span<byte> rgba, int width, int height)
    {
        const int Bits = 16;
        (double sine, double cosine) = Math.SinCos(Angle);
        double reach = Math.Abs(cosine) * width + Math.Abs(sine) * height;
        int stepX = (int)(cosine / reach * (1 << Bits) * 256);
        for (int y = 0; y < height; y++)
        {
            // A position of 0 at one corner and 256 at the other, in fixed point.
            int at = (int)((0.5 - cosine * 0.5 * width / reach + sine * (y - 0.5 * height) / reach) * (1 << Bits) * 256);
            Span<byte> row = rgba.Slice(y * width * 4, width * 4);
            for (int x = 0; x < row.Length; x += 4, at += stepX)
            {
                int share = Math.Clamp(at >> Bits, 0, 256);
                row[x] = (byte)((From.Red * (256 - share) + To.Red * share) >> 8);
                row[x + 1] = (byte)((From.Green * (256 - share) + To.Green * share) >> 8);
                row[x + 2] = (byte)((From.Blue * (256 - share) + To.Blue * share) >> 8);
                row[x + 3] = 255;
            }
        }
    }
}
