using QwenVl.Client.Device;

namespace QwenVl.Client.Routing;

/// <summary>How fast this device's engines are: from a file, measured once in warm-up, and corrected by every answer. Safe for concurrent use.</summary>
internal sealed class DeviceMonitor
{
    /// <summary>What a new measurement counts for.</summary>
    public const double Weight = 0.3;

    // A run that waited behind another answer, or beside a throttled core, is not what the next one takes.
    private const double FarthestSample = 4;

    // Written again when one number has moved so far: a phone's storage is not worn for less.
    private const double WorthSaving = 1.25;

    private readonly Lock _gate = new();
    private readonly CalibrationStore? _store;
    private DeviceFacts _facts;
    private DeviceFacts _saved;
    private bool _towerHasRun;

    /// <param name="model">What runs.</param>
    /// <param name="store">Where the calibration is kept; null keeps it in memory.</param>
    public DeviceMonitor(DeviceModel model, CalibrationStore? store)
    {
        _store = store;
        CalibrationFile? kept = store?.Load();
        IsCalibrated = kept is not null;
        _facts = _saved = new DeviceFacts
        {
            FeatureWidth = model.Config.Vision.OutHiddenSize,
            TapCount = model.Config.Vision.TapIndexes.Count,
            Vision = kept?.Vision ?? [],
            PrepareSecondsPerMegapixel = kept?.PrepareSecondsPerMegapixel,
            PrefillTokensPerSecond = kept?.PrefillTokensPerSecond,
            DecodeTokensPerSecond = kept?.DecodeTokensPerSecond,
        };
    }

    /// <summary>Whether warm-up has measured these engines, now or in an earlier run of the app.</summary>
    public bool IsCalibrated { get; private set; }

    /// <summary>What is known.</summary>
    public DeviceFacts Facts
    {
        get
        {
            lock (_gate) return _facts;
        }
    }

    /// <summary>Warm-up has run the tower, and may have measured.</summary>
    /// <param name="measured">Null where it did not measure.</param>
    public void WarmedUp(CalibrationMeasurement? measured)
    {
        lock (_gate)
        {
            _towerHasRun = true;
            if (measured is null) return;
            _facts = _facts with
            {
                Vision = [measured.Vision],
                PrefillTokensPerSecond = measured.PrefillTokensPerSecond,
                DecodeTokensPerSecond = measured.DecodeTokensPerSecond,
            };
            IsCalibrated = true;
            Save();
        }
    }

    /// <summary>An answer ran on the device; what did not happen is null.</summary>
    public void Answered(DeviceWork work)
    {
        lock (_gate)
        {
            DeviceFacts facts = _facts;
            if (work is { Prepare: { } prepare, Pixels: > 0 and { } pixels })
                facts = facts with { PrepareSecondsPerMegapixel = Blend(facts.PrepareSecondsPerMegapixel, prepare.TotalSeconds / pixels * 1e6) };
            // The tower's first run loads it.
            if (work is { Encode: { } encode, VisualTokens: > 0 and { } visual } && _towerHasRun) facts = facts with { Vision = Blend(facts.Vision, visual, encode.TotalSeconds) };
            if (work.Encode is not null) _towerHasRun = true;
            if (work is { Prefill: { } prefill, PromptTokens: > 0 and { } prompt })
                facts = facts with { PrefillTokensPerSecond = Blend(facts.PrefillTokensPerSecond, prompt / prefill.TotalSeconds) };
            if (work.PerToken is { } token) facts = facts with { DecodeTokensPerSecond = Blend(facts.DecodeTokensPerSecond, 1 / token.TotalSeconds) };
            _facts = facts;
            if (IsWorthSaving()) Save();
        }
    }

    private static double? Blend(double? before, double sample)
    {
        if (sample is not (> 0 and < double.PositiveInfinity)) return before;
        return before is { } value ? value + Weight * (Math.Clamp(sample, value / FarthestSample, value * FarthestSample) - value) : sample;
    }

    /// <summary>One time for each size class, which are powers of two.</summary>
    private static IReadOnlyList<VisionTime> Blend(IReadOnlyList<VisionTime> times, int tokens, double seconds)
    {
        int size = SizeClass(tokens);
        VisionTime? same = times.Select(time => (VisionTime?)time).FirstOrDefault(time => SizeClass(time!.Value.Tokens) == size);
        double? perToken = Blend(same?.Seconds / same?.Tokens, seconds / tokens);
        if (perToken is not { } known) return times;
        return [.. times.Where(time => SizeClass(time.Tokens) != size).Append(new VisionTime(tokens, known * tokens)).OrderBy(time => time.Tokens)];
    }

    private static int SizeClass(int tokens) => (int)Math.Round(Math.Log2(tokens));

    private static bool HasMoved(double? before, double? now) =>
        before is not { } old ? now is not null : now is { } value && (value > old * WorthSaving || value < old / WorthSaving);

    private bool IsWorthSaving() =>
        HasMoved(_saved.PrefillTokensPerSecond, _facts.PrefillTokensPerSecond)
        || HasMoved(_saved.DecodeTokensPerSecond, _facts.DecodeTokensPerSecond)
        || HasMoved(_saved.PrepareSecondsPerMegapixel, _facts.PrepareSecondsPerMegapixel)
        || _facts.Vision.Any(time => HasMoved(_saved.VisionSeconds(time.Tokens), time.Seconds));

    private void Save()
    {
        _saved = _facts;
        _store?.Save(_facts);
    }
}
