namespace QwenVl.Model.Manifest;

/// <summary>What weight formats imply.</summary>
public static class WeightFormats
{
    /// <summary>Whether the weights are rewritten, so that the engine holds them itself and needs no checkpoint.</summary>
    public static bool IsQuantised(this WeightFormat format) => format is WeightFormat.Int8 or WeightFormat.Int8Dynamic or WeightFormat.Int4Block32 or WeightFormat.Int4Block128;
}
