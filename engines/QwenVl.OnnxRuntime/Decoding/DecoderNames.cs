using System.Globalization;

namespace QwenVl.OnnxRuntime.Decoding;

/// <summary>The names of the cache's tensors in a decoder's graph: keys and values of each layer in turn.</summary>
internal sealed class DecoderNames(int layers)
{
    public const string Logits = "logits";

    public string[] Past { get; } = [.. Of("past", layers)];

    public string[] Present { get; } = [.. Of("present", layers)];

    private static IEnumerable<string> Of(string prefix, int layers)
    {
        for (int layer = 0; layer < layers; layer++)
        {
            yield return string.Create(CultureInfo.InvariantCulture, $"{prefix}_key.{layer}");
            yield return string.Create(CultureInfo.InvariantCulture, $"{prefix}_value.{layer}");
        }
    }
}
