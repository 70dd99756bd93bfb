using QwenVl.Model.Manifest;

namespace QwenVl.Engines.Building;

/// <summary>What to build.</summary>
public sealed record EngineBuildOptions
{
    /// <summary>Which operators the graphs use.</summary>
    public required EngineDialect Dialect { get; init; }

    /// <summary>How the vision tower's linear layers are held.</summary>
    public required WeightFormat VisionWeights { get; init; }

    /// <summary>
    /// How the decoder's linear layers are held, the output head among them. The embedding table always stays as it is in
    /// the checkpoint: a step reads one row of it, where the head is read whole.
    /// </summary>
    public required WeightFormat DecoderWeights { get; init; }

    /// <exception cref="ArgumentException">The dialect has no such weights.</exception>
    internal void Validate()
    {
        foreach (WeightFormat format in (WeightFormat[])[VisionWeights, DecoderWeights])
        {
            bool possible = Dialect switch
            {
                EngineDialect.Standard => !format.IsQuantised(),
                _ => format is not WeightFormat.BFloat16,
            };
            if (!possible)
            {
                throw new ArgumentException(Dialect is EngineDialect.Standard
                    ? $"The standard dialect has no {format} weights; take {WeightFormat.Float32} or {WeightFormat.BFloat16}."
                    : $"ONNX Runtime does not compute in {format} on a CPU; take {WeightFormat.Float32}, which reads the same bytes, or quantised weights.");
            }
        }
    }
}
