using QwenVl.Engines.Plans;
using QwenVl.Runtime.Configuration;
using QwenVl.Runtime.Hosting;

namespace QwenVl.Tests.Runtime.Hosting;

public sealed class TensorRtBackendTests
{
    [Fact]
    public void Plans_are_built_for_what_the_options_allow()
    {
        PlanLimits limits = TensorRtBackend.LimitsOf(new RuntimeOptions { MaxBatchSize = 3, PrefillChunkTokens = 100, MaxPromptTokens = 1000, MaxNewTokens = 50 });

        Assert.Equal((3, 1, 100, 1088), (limits.MaxBatch, limits.MaxPrefillBatch, limits.MaxChunk, limits.MaxSequence));
    }
}
