using QwenVl.Engines.Tool.Display;
using QwenVl.Model.Execution;
using QwenVl.Model.Vision;

namespace QwenVl.Engines.Tool.Verification.Parity;

/// <summary>Encodes every picture alone and in batches, and compares.</summary>
internal sealed class EncoderParity(IVisionEncoder reference, IVisionEncoder tested)
{
    private readonly FeatureParity _alone = new("alone", reference.TapCount);
    private readonly FeatureParity _batched = new("in batches", reference.TapCount);

    /// <returns>The features of each picture on both sides, alone.</returns>
    public IReadOnlyList<(ImageFeatures Expected, ImageFeatures Actual)> Run(IReadOnlyList<ParityQuestion> questions, ProgressLine progress, CancellationToken cancellationToken)
    {
        var features = new List<(ImageFeatures Expected, ImageFeatures Actual)>();
        foreach (ParityQuestion question in questions)
        {
            cancellationToken.ThrowIfCancellationRequested();
            progress.Report(question.Picture, (double)features.Count / questions.Count);
            ImageFeatures expected = reference.Encode([question.Patches])[0], actual = tested.Encode([question.Patches])[0];
            _alone.Add(question.Picture, expected, actual);
            features.Add((expected, actual));
        }

        int first = 0;
        foreach (int size in BatchSizes(questions.Count, tested.MaxBatchSize))
        {
            cancellationToken.ThrowIfCancellationRequested();
            IReadOnlyList<ImageFeatures> batch = tested.Encode([.. questions.Skip(first).Take(size).Select(question => question.Patches)]);
            for (int i = 0; i < size; i++) _batched.Add(questions[first + i].Picture, features[first + i].Expected, batch[i]);
            first += size;
        }

        return features;
    }

    public IEnumerable<Measurement> Measurements() => [.. _alone.Measurements(), .. _batched.Measurements()];

    /// <summary>The largest batch first, then one picture fewer each time down to two, and over again.</summary>
    internal static IEnumerable<int> BatchSizes(int pictures, int most)
    {
        for (int size = most; pictures > 0; size = size > 2 ? size - 1 : most)
        {
            int taken = Math.Min(size, pictures);
            pictures -= taken;
            yield return taken;
        }
    }
}
