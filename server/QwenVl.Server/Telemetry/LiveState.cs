using System.Diagnostics.Metrics;

namespace QwenVl.Server.Telemetry;

/// <summary>What is open now; all of it returns to zero when clients have gone.</summary>
internal sealed class LiveState
{
    private long _streams;
    private long _requests;
    private long _questions;
    private long _imageBytes;

    public LiveState(IMeterFactory factory)
    {
        Meter meter = factory.Create(ServerMetrics.MeterName);
        meter.CreateObservableUpDownCounter("qwenvl.streams.active", () => Streams, "{stream}", "Open streams.");
        meter.CreateObservableUpDownCounter("qwenvl.requests.active", () => Requests, "{request}", "HTTP requests for features under way.");
        meter.CreateObservableUpDownCounter("qwenvl.questions.active", () => Questions, "{question}", "Questions under way.");
        meter.CreateObservableUpDownCounter("qwenvl.images.size", () => ImageBytes, "By", "Bytes of encoded pictures held for clients.");
    }

    public long Streams => Interlocked.Read(ref _streams);

    public long Requests => Interlocked.Read(ref _requests);

    public long Questions => Interlocked.Read(ref _questions);

    public long ImageBytes => Interlocked.Read(ref _imageBytes);

    public long StreamsChanged(long by) => Interlocked.Add(ref _streams, by);

    public long RequestsChanged(long by) => Interlocked.Add(ref _requests, by);

    public long QuestionsChanged(long by) => Interlocked.Add(ref _questions, by);

    public long ImageBytesChanged(long by) => Interlocked.Add(ref _imageBytes, by);
}
