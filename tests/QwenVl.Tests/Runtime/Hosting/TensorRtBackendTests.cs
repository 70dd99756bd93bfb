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

        Assert.Equal((3, 1, 100, 2048), (limits.MaxBatch, limits.MaxPrefillBatch, limits.MaxChunk, limits.MaxSequence));
    }

    [Fact]
    public void A_chunk_is_no_longer_than_a_sequence()
    {
        PlanLimits limits = TensorRtBackend.LimitsOf(new RuntimeOptions { PrefillChunkTokens = 4096, MaxPromptTokens = 16, MaxNewTokens = 1 });

        Assert.Equal((1024, 1024), (limits.MaxChunk, limits.MaxSequence));
    }
}
