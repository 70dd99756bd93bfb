using System.Diagnostics.Metrics;
using QwenVl.Runtime.Errors;
using QwenVl.Runtime.Telemetry;

namespace QwenVl.Server.Telemetry;

/// <summary>What the service counts, by OpenTelemetry's names for generative servers where it has one.</summary>
internal sealed class ServerMetrics
{
    public const string MeterName = "QwenVl.Server";

    private readonly Histogram<double> _firstToken;
    private readonly Histogram<double> _duration;
    private readonly Counter<long> _answers;
    private readonly Counter<long> _bytes;
    private readonly Counter<long> _refusals;
    private readonly Counter<long> _uploadsSkipped;
    private readonly Counter<long> _bytesSaved;

    public ServerMetrics(IMeterFactory factory)
    {
        Meter meter = factory.Create(MeterName);
        _firstToken = meter.CreateHistogram("gen_ai.server.time_to_first_token", "s", "From a question to its first token.", advice: RuntimeMetrics.Durations);
        _duration = meter.CreateHistogram("gen_ai.server.request.duration", "s", "From a question to its end.", advice: RuntimeMetrics.Durations);
        _answers = meter.CreateCounter<long>("qwenvl.answers", "{answer}", "Answers by how they ended.");
        _bytes = meter.CreateCounter<long>("qwenvl.stream.io", "By", "Payload bytes by direction and kind.");
        _refusals = meter.CreateCounter<long>("qwenvl.refusals", "{refusal}", "Refused requests by reason.");
        _uploadsSkipped = meter.CreateCounter<long>("qwenvl.uploads.skipped", "{picture}", "Pictures that needed no upload.");
        _bytesSaved = meter.CreateCounter<long>("qwenvl.uploads.saved", "By", "Bytes of pictures that needed no upload.");
    }

    /// <summary>Counts no refusal of any reason, once somebody listens; see <see cref="RuntimeMetrics.BeginAtZero"/>.</summary>
    public void BeginAtZero()
    {
        foreach (string reason in RequestReason.All) Refused(reason, 0);
    }

    public void FirstToken(double seconds) => _firstToken.Record(seconds);

    public void Ended(string outcome, double seconds)
    {
        var tag = new KeyValuePair<string, object?>("outcome", outcome);
        _duration.Record(seconds, tag);
        _answers.Add(1, tag);
    }

    public void Received(string kind, long bytes) =>
        _bytes.Add(bytes, new KeyValuePair<string, object?>("direction", "received"), new KeyValuePair<string, object?>("kind", kind));

    public void Sent(string kind, long bytes) =>
        _bytes.Add(bytes, new KeyValuePair<string, object?>("direction", "sent"), new KeyValuePair<string, object?>("kind", kind));

    public void UploadSkipped(long bytes)
    {
        _uploadsSkipped.Add(1);
        _bytesSaved.Add(bytes);
    }

    public void Refused(string reason) => Refused(reason, 1);

    private void Refused(string reason, int count) => _refusals.Add(count, new KeyValuePair<string, object?>("reason", reason));
}
