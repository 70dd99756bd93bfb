using QwenVl.Client.Answers;
using QwenVl.Client.Device;
using QwenVl.Client.Images;
using QwenVl.Model.Vision;

namespace QwenVl.Client.Handoff;

/// <summary>Which features belong to which device and picture.</summary>
internal static class FeatureOwnership
{
    /// <summary>What a question's features must be.</summary>
    public static FeatureExpectation Expect(AnswerQuestion question, DeviceModel model) =>
        new(question.Image, model.Fingerprint, model.Config.Vision.OutHiddenSize, model.Config.Vision.TapIndexes, question.Options.FeatureEncoding);

    /// <exception cref="QwenVlException">They are of another picture, checkpoint or recipe.</exception>
    public static void Require(CloudFeatures features, ClientImage image, DeviceModel model)
    {
        if (features.CheckpointFingerprint != model.Fingerprint) throw Mismatch($"of checkpoint {features.CheckpointFingerprint}; the device decodes with {model.Fingerprint}");
        if (features.PreprocessingVersion != ImagePreprocessor.Version) throw Mismatch($"prepared by {features.PreprocessingVersion}; this client uses {ImagePreprocessor.Version}");
        if (!features.ImageSha256.Span.SequenceEqual(image.Sha256.Span)) throw Mismatch("of another picture");
        if (features.Features.Width != model.Config.Vision.OutHiddenSize || features.Features.TapCount != model.Config.Vision.TapIndexes.Count)
            throw Mismatch($"rows of {features.Features.Width} numbers with {features.Features.TapCount} taps; the device needs {model.Config.Vision.OutHiddenSize} with {model.Config.Vision.TapIndexes.Count}");
    }

    private static QwenVlException Mismatch(string what) =>
        new(QwenVlErrorCode.FeaturesMismatch, $"These features are {what}. Get them again with GetFeaturesAsync.");
}
