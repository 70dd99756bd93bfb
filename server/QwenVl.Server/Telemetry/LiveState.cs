using System.Diagnostics.Metrics;

namespace QwenVl.Server.Telemetry;

/// <summary>What is open now; all of it returns to zero when clients have gone.</summary>
internal sealed class LiveState
{
    private long _streams;
    private long _questions;
    private long _imageBytes;

    public LiveState(IMeterFactory factory)
    {
        Meter meter = factory.Create(ServerMetrics.MeterName);
        meter.CreateObservableUpDownCounter("qwenvl.streams.active", () => Streams, "{stream}", "Open streams.");
        meter.CreateObservableUpDownCounter("qwenvl.questions.active", () => Questions, "{question}", "Questions under way.");
        meter.CreateObservableUpDownCounter("qwenvl.images.size", () => ImageBytes, "By", "Bytes of pictures held for open streams.");
    }

    public long Streams => Interlocked.Read(ref _streams);

    public long Questions => Interlocked.Read(ref _questions);

    public long ImageBytes => Interlocked.Read(ref _imageBytes);

    public void StreamsChanged(int by) => Interlocked.Add(ref _streams, by);

    public void QuestionsChanged(int by) => Interlocked.Add(ref _questions, by);

    public void ImageBytesChanged(long by) => Interlocked.Add(ref _imageBytes, by);
}
