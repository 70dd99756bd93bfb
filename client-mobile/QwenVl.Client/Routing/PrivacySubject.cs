using QwenVl.Client.Images;
using QwenVl.Model.Vision;

namespace QwenVl.Client.Routing;

/// <summary>What privacy rules judge. The rules of one judgement share it, and with it the decoded picture.</summary>
public sealed class PrivacySubject
{
    private readonly Lazy<RgbImage> _pixels;

    internal PrivacySubject(ClientImage image, string? prompt, long maxPixels)
    {
        (Image, Prompt) = (image, prompt);
        _pixels = new(() => ImageDecoder.Decode(image, maxPixels));
    }

    /// <summary>The encoded picture.</summary>
    public ClientImage Image { get; }

    /// <summary>The prompt; null where a picture is sent ahead of its questions.</summary>
    public string? Prompt { get; }

    /// <summary>The picture, decoded when it is first asked for: upright, without alpha. Not to be written to.</summary>
    /// <exception cref="QwenVlException">The device cannot read the picture; a rule that lets it through keeps the picture local.</exception>
    public RgbImage Pixels => _pixels.Value;
}
