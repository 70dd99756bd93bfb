using QwenVl.Model.Configuration;

namespace QwenVl.Benchmarks.Gpu.Speed;

/// <summary>What no program runs faster than: the operations that must be done, or the bytes that must be read once.</summary>
internal sealed class HardwareFloor(ModelConfig config, double bytesASecond, double operationsASecond)
{
    private const int BytesANumber = 2;

    /// <summary>A batch of pictures: bound by operations.</summary>
    public double VisionSeconds(int pictures, int patches)
    {
        VisionConfig vision = config.Vision;
        double width = vision.HiddenSize, inner = vision.IntermediateSize, joined = 4 * width;
        double block = 2 * (4 * width * width + 2 * width * inner) + 4 * patches * width;
        double merger = 2 * (joined * joined + joined * vision.OutHiddenSize) / 4;
        double patch = 2 * width * vision.PatchLength + vision.Depth * block + (1 + vision.TapIndexes.Count) * merger;
        return pictures * patches * patch / operationsASecond;
    }

    /// <summary>A step of decoding: bound by reading all weights and the cache once.</summary>
    public double StepSeconds(ModelConfig model, int sequences, int past)
    {
        TextConfig text = model.Text;
        double attention = text.HiddenSize * (double)text.HeadDim * (2 * text.Heads + 2 * text.KeyValueHeads);
        double weights = text.Layers * (attention + 3.0 * text.HiddenSize * text.IntermediateSize) + (double)text.HiddenSize * text.VocabularySize;
        double cache = (double)sequences * past * 2 * text.Layers * text.KeyValueHeads * text.HeadDim;
        return BytesANumber * (weights + cache) / bytesASecond;
    }
}
