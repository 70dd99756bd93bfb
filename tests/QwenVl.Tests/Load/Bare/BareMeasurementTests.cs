using QwenVl.Benchmarks.Load.Bare;
using QwenVl.Model.Execution;
using QwenVl.Model.Vision;

namespace QwenVl.Tests.Load.Bare;

public sealed class BareMeasurementTests
{
    [Fact]
    public void Pictures_a_second_are_those_of_whole_runs()
    {
        var time = new SteppingTime();
        using var encoder = new TimedEncoder(time, TimeSpan.FromMilliseconds(100));

        BareRate rate = BareMeasurement.Measure(encoder, 4, new BareOptions("", [4], 64, TimeSpan.FromSeconds(1), 0), time, CancellationToken.None);

        Assert.Equal((4, 10, 100.0), (rate.BatchSize, rate.Runs, rate.RunMs));
        Assert.Equal(40, rate.PicturesPerSecond, 1e-6);
        Assert.Equal((4, 16), (encoder.LastBatch, encoder.LastPatches));
    }

    private sealed class SteppingTime : TimeProvider
    {
        public long Now { get; set; }

        public override long TimestampFrequency => TimeSpan.TicksPerSecond;

        public override long GetTimestamp() => Now;
    }

    private sealed class TimedEncoder(SteppingTime time, TimeSpan run) : IVisionEncoder
    {
        public int FeatureWidth => 1;

        public int TapCount => 0;

        public int MaxBatchSize => 8;

        public int MaxPatches => 4096;

        public int LastBatch { get; private set; }

        public int LastPatches { get; private set; }

        public IReadOnlyList<ImageFeatures> Encode(IReadOnlyList<ImagePatches> batch)
        {
            (time.Now, LastBatch, LastPatches) = (time.Now + run.Ticks, batch.Count, batch[0].Grid.Patches);
            return [];
        }

        public void Dispose()
        {
        }
    }
}
