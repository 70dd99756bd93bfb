using System.Text.Json;

namespace QwenVl.Engines.Tool.Evaluation;

/// <summary>A box in thousandths of a picture's sides and what is in it, as an answer in JSON says it.</summary>
/// <param name="X1">Left.</param>
/// <param name="Y1">Top.</param>
/// <param name="X2">Right.</param>
/// <param name="Y2">Bottom.</param>
/// <param name="Label">What is in it; null where the answer does not say.</param>
internal sealed record PointAnswer(double X1, double Y1, double X2, double Y2, string? Label)
{
    /// <summary>Reads <c>{"bbox_2d":[x1,y1,x2,y2],"label":"…"}</c>.</summary>
    /// <returns>Null where the text is anything else.</returns>
    public static PointAnswer? Parse(string text)
    {
        try
        {
            using JsonDocument document = JsonDocument.Parse(text);
            if (document.RootElement.ValueKind != JsonValueKind.Object
                || !document.RootElement.TryGetProperty("bbox_2d", out JsonElement box) || box.ValueKind != JsonValueKind.Array || box.GetArrayLength() != 4
                || box.EnumerateArray().Any(side => side.ValueKind != JsonValueKind.Number))
            {
                return null;
            }

            double[] sides = [.. box.EnumerateArray().Select(side => side.GetDouble())];
            string? label = document.RootElement.TryGetProperty("label", out JsonElement name) && name.ValueKind == JsonValueKind.String ? name.GetString() : null;
            return new PointAnswer(sides[0], sides[1], sides[2], sides[3], label);
        }
        catch (JsonException)
        {
            return null;
        }
    }

    /// <summary>The area of both boxes' intersection over that of their union; 0 where there is no area.</summary>
    public double Overlap(PointAnswer other)
    {
        double shared = Math.Max(0, Math.Min(X2, other.X2) - Math.Max(X1, other.X1)) * Math.Max(0, Math.Min(Y2, other.Y2) - Math.Max(Y1, other.Y1));
        double union = Area + other.Area - shared;
        return union > 0 ? shared / union : 0;
    }

    private double Area => Math.Max(0, X2 - X1) * Math.Max(0, Y2 - Y1);
}
