using System.Threading.Channels;
using QwenVl.Benchmarks.Load.Checking;
using QwenVl.Benchmarks.Load.Pictures;
using QwenVl.Benchmarks.Load.Scenarios;
using QwenVl.Benchmarks.Load.Workloads;
using QwenVl.Client;
using QwenVl.Client.Answers;
using QwenVl.Client.Images;
using QwenVl.Model.Features;
using QwenVl.Protos.V1;

namespace QwenVl.Benchmarks.Load.Driving;

/// <summary>Devices that finish answers with decoders of their own, through the client library; each answers one question at a time.</summary>
internal sealed class LocalDevices : IAsyncDisposable
{
    private readonly Scenario _scenario;
    private readonly QwenVlClientOptions _options;
    private readonly int _picturesPerStream;
    private readonly PictureLibrary _library;
    private readonly TimeProvider _time;
    private readonly Channel<Device> _free = Channel.CreateUnbounded<Device>();
    private readonly HashSet<Device> _all = [];

    private LocalDevices(Scenario scenario, QwenVlClientOptions options, int picturesPerStream, PictureLibrary library, TimeProvider time) =>
        (_scenario, _options, _picturesPerStream, _library, _time) = (scenario, options, picturesPerStream, library, time);

    /// <summary>Connects all devices and warms them up.</summary>
    /// <param name="scenario">How many, and what they ask.</param>
    /// <param name="server">The server's gRPC address.</param>
    /// <param name="engines">The device's engines.</param>
    /// <param name="picturesPerStream">How many pictures the server takes of a stream.</param>
    /// <param name="library">Makes the pictures.</param>
    /// <param name="time">The clock.</param>
    /// <param name="cancellation">Gives up.</param>
    /// <exception cref="QwenVlException">A device cannot connect, or its engines do not fit.</exception>
    public static async Task<LocalDevices> StartAsync(
        Scenario scenario, Uri server, string engines, int picturesPerStream, PictureLibrary library, TimeProvider time, CancellationToken cancellation)
    {
        // A refusal is to be seen, not mended.
        var options = new QwenVlClientOptions { ServerAddress = server, DeviceEnginePath = engines, DeviceThreads = 1, MaxReconnects = 0, FirstTokenPatience = Timeout.InfiniteTimeSpan, TimeProvider = time };
        var devices = new LocalDevices(scenario, options, Math.Max(1, picturesPerStream), library, time);
        for (int i = 0; i < scenario.Shares.LocalDevices; i++)
        {
            var device = new Device();
            devices._all.Add(device);
            await devices.ConnectAsync(device, cancellation);
            await device.Client!.WarmUp(WarmUpSide, WarmUpSide, cancellation);
            devices._free.Writer.TryWrite(device);
        }

        return devices;
    }

    private const int WarmUpSide = 512;

    /// <summary>Asks one question on a free device.</summary>
    public async Task<RequestOutcome> RunAsync(PlannedRequest request, long due, CancellationToken ending)
    {
        TimeSpan lag = _time.GetElapsedTime(due);
        if (!_free.Reader.TryRead(out Device? device)) return RequestOutcome.NotSent(request, "NO_DEVICE_FREE");
        try
        {
            using var timeout = new CancellationTokenSource(_scenario.Timeout, _time);
            using var giveUp = CancellationTokenSource.CreateLinkedTokenSource(timeout.Token, ending);
            RequestOutcome outcome = await AskAsync(device.Client!, request, due, lag, giveUp.Token);
            // A phone's stream lives on; here it ends when it has taken all the pictures it may, outside of what is timed.
            if (++device.Used >= _picturesPerStream || !device.Client!.IsConnected) await ConnectAsync(device, ending);
            return outcome;
        }
        catch (QwenVlException error)
        {
            OutcomeKind kind = error.Code is QwenVlErrorCode.LimitExceeded ? OutcomeKind.Refused : error.Code is QwenVlErrorCode.Timeout ? OutcomeKind.TimedOut : OutcomeKind.Failed;
            return new RequestOutcome { Request = request, Kind = kind, Reason = error.ServerReason ?? error.Code.ToString(), Lag = lag, End = _time.GetElapsedTime(due) };
        }
        catch (OperationCanceledException)
        {
            return new RequestOutcome { Request = request, Kind = OutcomeKind.TimedOut, Reason = "DEADLINE", Lag = lag, End = _time.GetElapsedTime(due) };
        }
        finally
        {
            _free.Writer.TryWrite(device);
        }
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        foreach (Device device in _all)
            if (device.Client is { } client) await client.DisposeAsync();
    }

    private async Task ConnectAsync(Device device, CancellationToken cancellation)
    {
        if (device.Client is { } old) await old.DisposeAsync();
        (device.Client, device.Used) = (new QwenVlClient(_options), 0);
        await device.Client.ConnectAsync(cancellation);
    }

    private async Task<RequestOutcome> AskAsync(QwenVlClient client, PlannedRequest request, long due, TimeSpan lag, CancellationToken cancellation)
    {
        QuestionOptions question = _scenario.Question;
        var options = new GenerateOptions
        {
            Route = Route.Hybrid,
            MaxNewTokens = request.MaxNewTokens,
            MaxCloudTokens = question.TakeOverAt > 0 ? question.TakeOverAt : null,
            FeatureEncoding = (FeatureEncoding)(int)question.Features,
            Resolution = question.Resolution switch { Resolution._512 => PictureResolution.Pixels512, Resolution._1024 => PictureResolution.Pixels1024, _ => PictureResolution.Auto },
        };
        ClientImage picture = ClientImage.FromBytes(_library.Make(request.Picture!.Value).Bytes);
        var check = new TokenCheck(takeOverAt: 0);
        var violations = new List<Violation>();
        var times = new List<long>();
        await using Answer answer = await client.GenerateAsync(picture, request.Prompt, options, cancellation);
        await foreach (AnswerToken token in answer.WithCancellation(cancellation))
        {
            times.Add(_time.GetTimestamp());
            violations.AddRange(check.Take(token.Index, 1));
        }

        AnswerSummary summary = await answer.GetSummaryAsync(cancellation);
        violations.AddRange(check.End(summary.CloudTokens + summary.DeviceTokens));
        StageTimings timings = summary.Timings;
        TimeSpan? stall = timings.FirstDeviceToken - timings.HandedOff;
        return new RequestOutcome
        {
            Request = request,
            Kind = OutcomeKind.Answered,
            Lag = lag,
            Upload = timings.Upload,
            FirstToken = times.Count > 0 ? _time.GetElapsedTime(due, times[0]) : null,
            TokenGaps = [.. times.Zip(times.Skip(1), _time.GetElapsedTime)],
            SeamStall = stall is { } wait ? (wait > TimeSpan.Zero ? wait : TimeSpan.Zero) : null,
            End = _time.GetElapsedTime(due),
            Tokens = times.Count,
            PictureBytes = timings.Upload is null ? 0 : picture.Bytes.Length,
            Violations = violations,
            MissingTokens = check.Missing,
            DuplicateTokens = check.Duplicates,
        };
    }

    private sealed class Device
    {
        public QwenVlClient? Client { get; set; }

        public int Used { get; set; }
    }
}
