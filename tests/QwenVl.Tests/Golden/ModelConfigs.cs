using QwenVl.Model.Configuration;

namespace QwenVl.Tests.Golden;

/// <summary>Shapes written out, so that tests of other things need no reader.</summary>
internal static class ModelConfigs
{
    public static ModelConfig Golden { get; } = new(
        new TextConfig(32, 80, 4, 2, 1, 128, 151936, 262144, 1e-6, 5_000_000, [24, 20, 20]),
        new VisionConfig(6, 64, 128, 4, 32, 16, 2, 2, 2304, [1, 2, 4]),
        151655,
        151656,
        151652,
        151653,
        true,
        [151645, 151643]);
}
