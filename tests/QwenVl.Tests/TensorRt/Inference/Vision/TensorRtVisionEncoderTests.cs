using QwenVl.Model.Execution;
using QwenVl.Model.Manifest;
using QwenVl.Model.Vision;
using QwenVl.OnnxRuntime;
using QwenVl.OnnxRuntime.Vision;
using QwenVl.TensorRt.Cuda;
using QwenVl.TensorRt.Inference;
using QwenVl.TensorRt.Inference.Vision;
using QwenVl.Tests.TensorRt.Inference.Fakes;

namespace QwenVl.Tests.TensorRt.Inference.Vision;

public sealed class TensorRtVisionEncoderTests : InferenceTest
{
    [Theory]
    [InlineData(EngineDialect.TensorRt10, true)]
    [InlineData(EngineDialect.TensorRt10, false)]
    [InlineData(EngineDialect.TensorRt11, true)]
    public void Batches_of_any_grids_are_what_each_picture_is_alone(EngineDialect dialect, bool graphs)
    {
        using OnnxVisionEncoder alone = OnnxVisionEncoder.Load(Build(EngineDialect.OnnxRuntime), new OnnxRuntimeOptions());
        var options = new TensorRtInferenceOptions { UseCudaGraphs = graphs };
        using (TensorRtVisionEncoder tower = Tower(dialect, options))
        {
            ImagePatches[][] batches =
            [
                [Noise(4, 6), Noise(2, 2), Noise(8, 4)],
                [Noise(12, 12, 1)],
                [Noise(4, 6, 2), Noise(6, 2, 2), Noise(8, 4, 2), Noise(2, 8, 2)],
                [Noise(20, 20, 3), Noise(32, 32, 3)],
                [Noise(4, 6, 4), Noise(2, 2, 4), Noise(8, 4, 4)],
            ];
            foreach (ImagePatches[] batch in batches)
            {
                foreach ((ImageFeatures expected, ImageFeatures actual) in alone.Encode(batch).Zip(tower.Encode(batch)))
                {
                    Assert.Equal(expected.Grid, actual.Grid);
                    Assert.InRange(Difference.OfScale(expected.Values, actual.Values), 0, 1e-5);
                }
            }

            // The two slots take turns: only what is the same size in the same slot is replayed.
            Assert.Equal(graphs ? 2 : 0, options.Runs.ReplayedRuns);
            Assert.Equal(batches.Length, options.Runs.ReplayedRuns + options.Runs.EnqueuedRuns);
        }

        AssertNothingLeft();
    }

    [Fact]
    public void A_tower_says_which_sizes_share_a_batch_and_how_much_it_pads()
    {
        using TensorRtVisionEncoder tower = Tower(EngineDialect.TensorRt10, new TensorRtInferenceOptions());
        Assert.Equal(tower.MaxPatches, tower.PatchBuckets[^1]);
        Assert.Equal(tower.PatchBuckets.Order().Distinct(), tower.PatchBuckets);
        // Three pictures of at most 24 patches run as four of 256.
        Assert.Equal(4 * 256, tower.PatchesOf([Noise(4, 6), Noise(2, 2), Noise(2, 4)]));
    }

    [Fact]
    public void A_second_batch_is_started_before_the_first_is_finished()
    {
        Fake.Deferred = true;
        using OnnxVisionEncoder alone = OnnxVisionEncoder.Load(Build(EngineDialect.OnnxRuntime), new OnnxRuntimeOptions());
        using TensorRtVisionEncoder tower = Tower(EngineDialect.TensorRt10, new TensorRtInferenceOptions { UseCudaGraphs = false });
        ImagePatches[] first = [Noise(4, 6), Noise(2, 2)], second = [Noise(8, 4)];

        IPendingEncode one = tower.Start(first), two = tower.Start(second);
        Assert.Throws<InvalidOperationException>(() => tower.Start(first));

        Assert.InRange(Difference.OfScale(alone.Encode(first)[1].Values, one.Finish()[1].Values), 0, 1e-5);
        Assert.InRange(Difference.OfScale(alone.Encode(second)[0].Values, two.Finish()[0].Values), 0, 1e-5);
    }

    [Fact]
    public void After_a_warm_up_every_run_is_one_launch()
    {
        var options = new TensorRtInferenceOptions();
        using TensorRtVisionEncoder tower = Tower(EngineDialect.TensorRt10, options);
        tower.WarmUp(CancellationToken.None);
        long before = options.Runs.EnqueuedRuns;

        foreach (int pictures in (int[])[1, 2, 3, 4])
            foreach ((int height, int width) in ((int, int)[])[(2, 2), (16, 16), (18, 16), (24, 24), (32, 32)])
                for (int turn = 0; turn < 2; turn++) tower.Encode([.. Enumerable.Repeat(Noise(height, width), pictures)]);

        Assert.Equal((before, 40), (options.Runs.EnqueuedRuns, options.Runs.ReplayedRuns));
    }

    [Fact]
    public void What_is_too_large_or_malformed_is_refused_before_the_device_is_touched()
    {
        using TensorRtVisionEncoder tower = Tower(EngineDialect.TensorRt10, new TensorRtInferenceOptions());
        Fake.ForgetCalls();

        Assert.Throws<ArgumentException>(() => tower.Encode([]));
        Assert.Throws<ArgumentException>(() => tower.Encode([.. Enumerable.Repeat(Noise(2, 2), 5)]));
        Assert.Throws<ArgumentException>(() => tower.Encode([Noise(34, 32)]));
        Assert.Throws<ArgumentException>(() => tower.Encode([new ImagePatches(new ImageGrid(2, 2), new byte[7])]));
        Assert.Empty(Fake.Calls);
    }

    [Fact]
    public void A_batch_that_fails_leaves_the_tower_usable()
    {
        using OnnxVisionEncoder alone = OnnxVisionEncoder.Load(Build(EngineDialect.OnnxRuntime), new OnnxRuntimeOptions());
        using TensorRtVisionEncoder tower = Tower(EngineDialect.TensorRt10, new TensorRtInferenceOptions());
        Fake.Fail("cuMemcpyHtoDAsync_v2", CudaResult.Unknown, call: 3);

        Assert.Throws<CudaException>(() => tower.Encode([Noise(4, 6)]));
        Assert.InRange(Difference.OfScale(alone.Encode([Noise(4, 6, 1)])[0].Values, tower.Encode([Noise(4, 6, 1)])[0].Values), 0, 1e-5);
    }

    [Theory]
    [InlineData("cuStreamBeginCapture_v2")]
    [InlineData("cuGraphInstantiateWithFlags")]
    [InlineData("cuGraphLaunch")]
    public void What_cannot_be_recorded_is_run_kernel_by_kernel_and_told_of(string refused)
    {
        using OnnxVisionEncoder alone = OnnxVisionEncoder.Load(Build(EngineDialect.OnnxRuntime), new OnnxRuntimeOptions());
        var options = new TensorRtInferenceOptions();
        using (TensorRtVisionEncoder tower = Tower(EngineDialect.TensorRt10, options))
        {
            Fake.Fail(refused, CudaResult.NotSupported);
            for (int i = 0; i < 4; i++) Assert.InRange(Difference.OfScale(alone.Encode([Noise(4, 6, i)])[0].Values, tower.Encode([Noise(4, 6, i)])[0].Values), 0, 1e-5);

            Assert.Contains("NOT_SUPPORTED", options.Runs.GraphRefusal, StringComparison.Ordinal);
            Assert.Equal((4, 0), (options.Runs.EnqueuedRuns, options.Runs.ReplayedRuns));
        }

        AssertNothingLeft();
    }

    [Fact]
    public void A_device_that_is_lost_is_known_to_be()
    {
        var options = new TensorRtInferenceOptions();
        using TensorRtVisionEncoder tower = Tower(EngineDialect.TensorRt10, options);
        IPendingEncode pending = tower.Start([Noise(4, 6)]);
        Assert.Null(options.Runs.DeviceLoss);
        Fake.Fail("cuEventSynchronize", CudaResult.IllegalAddress);

        Assert.Throws<CudaException>(pending.Finish);
        Assert.Contains("ILLEGAL_ADDRESS", options.Runs.DeviceLoss, StringComparison.Ordinal);
    }

    [Fact]
    public void A_device_without_room_leaves_nothing_behind()
    {
        for (int call = 1; call <= 6; call++)
        {
            Fake.Fail("cuMemAlloc_v2", CudaResult.OutOfMemory, call);
            Assert.Throws<CudaException>(() => Tower(EngineDialect.TensorRt10, new TensorRtInferenceOptions()));
        }

        AssertNothingLeft();
    }

    private TensorRtVisionEncoder Tower(EngineDialect dialect, TensorRtInferenceOptions options) =>
        new(VisionPlan(dialect), Build(dialect).Config.Vision, Context, options);
}
