using QwenVl.Benchmarks.Load.Checking;
using QwenVl.Benchmarks.Load.Driving;
using QwenVl.Benchmarks.Load.Scenarios;
using QwenVl.Benchmarks.Load.Workloads;

namespace QwenVl.Benchmarks.Load.Measuring;

/// <summary>Collects outcomes. Safe for concurrent use.</summary>
/// <param name="scenario">Service level and the length of the parts.</param>
internal sealed class RunRecorder(Scenario scenario)
{
    private readonly Lock _lock = new();
    private readonly List<RequestRow> _rows = [];
    private readonly Dictionary<(OutcomeKind, string), LatencyHistograms> _reasons = [];
    private readonly Dictionary<Violation, long> _violations = [];
    private IntervalCounts _interval = new();
    private LatencyHistograms _intervalAnswers = new();
    private int _inFlight;

    /// <summary>All times of the measured part.</summary>
    public LatencyHistograms Latencies { get; } = new();

    /// <summary>Counts of the measured part.</summary>
    public RunCounts Counts { get; } = new();

    /// <summary>Requests under way.</summary>
    public int InFlight => Volatile.Read(ref _inFlight);

    /// <summary>One row for each measured request, in the order of their ends.</summary>
    public IReadOnlyList<RequestRow> Rows => _rows;

    /// <summary>What was found wrong, in the whole run, warm-up included.</summary>
    public IReadOnlyDictionary<Violation, long> Violations => _violations;

    /// <summary>How much was found wrong.</summary>
    public long ViolationCount
    {
        get
        {
            lock (_lock) return _violations.Values.Sum();
        }
    }

    /// <summary>Why requests were refused or failed, with the times it took to say so.</summary>
    public IEnumerable<ReasonSummary> Reasons => _reasons
        .Select(pair => new ReasonSummary(pair.Key.Item1, pair.Key.Item2, pair.Value.Summary(LatencyKind.Refusal)!))
        .OrderByDescending(reason => reason.Latency.Count);

    /// <summary>A request is due.</summary>
    /// <returns>Whether it may be sent: not too many are under way.</returns>
    public bool TryBegin()
    {
        lock (_lock)
        {
            _interval.Due++;
            if (_inFlight >= scenario.Arrivals.MaxInFlight) return false;
            _inFlight++;
            return true;
        }
    }

    /// <summary>A request that was begun has ended.</summary>
    public void End(RequestOutcome outcome)
    {
        lock (_lock)
        {
            _inFlight--;
            Add(outcome);
        }
    }

    /// <summary>A request was not begun.</summary>
    public void Shed(PlannedRequest request)
    {
        lock (_lock) Add(RequestOutcome.NotSent(request, "MAX_IN_FLIGHT"));
    }

    /// <summary>What happened since the last call.</summary>
    public IntervalCounts TakeInterval()
    {
        lock (_lock)
        {
            IntervalCounts taken = _interval;
            LatencySummary? answers = _intervalAnswers.Summary(LatencyKind.Answer);
            (taken.InFlight, taken.AnswerP50Ms, taken.AnswerP99Ms) = (_inFlight, answers?.P50, answers?.P99);
            (_interval, _intervalAnswers) = (new IntervalCounts(), new LatencyHistograms());
            return taken;
        }
    }

    private void Add(RequestOutcome outcome)
    {
        bool good = ServiceLevel.IsMet(scenario.Slo, outcome);
        foreach (Violation violation in outcome.Violations) _violations[violation] = _violations.GetValueOrDefault(violation) + 1;
        CountInterval(outcome, good);
        TimeSpan endedAt = outcome.Request.Start + outcome.End;
        if (outcome.Kind == OutcomeKind.Answered && endedAt >= scenario.WarmUp && endedAt < scenario.WarmUp + scenario.Duration) Counts.Completed++;
        if (outcome.Kind == OutcomeKind.Answered) Counts.AnsweredInAll++;
        if (outcome is { Kind: OutcomeKind.Answered, Request.Picture.IsRepeat: true }) Counts.RepeatsInAll++;
        Counts.MissingTokens += outcome.MissingTokens;
        Counts.DuplicateTokens += outcome.DuplicateTokens;
        if (!outcome.Request.IsMeasured) return;

        Counts.Add(outcome, good);
        _rows.Add(RequestRow.Of(outcome, good, scenario.WarmUp));
        if (outcome.Kind != OutcomeKind.Shed) Latencies.Add(LatencyKind.Lag, outcome.Lag);
        if (outcome.Kind is OutcomeKind.Refused or OutcomeKind.Failed or OutcomeKind.TimedOut) AddReason(outcome);
        if (outcome.Kind == OutcomeKind.Refused) Latencies.Add(LatencyKind.Refusal, outcome.End);
        // Those who end early or read slowly have times of their own making.
        if (outcome.Request.Behaviour is not (Behaviour.Normal or Behaviour.Local)) return;
        if (outcome.Kind is OutcomeKind.Answered or OutcomeKind.TimedOut) Latencies.Add(LatencyKind.Answer, outcome.End);
        if (outcome.Kind == OutcomeKind.Answered) AddTimes(outcome);
    }

    private void CountInterval(RequestOutcome outcome, bool good)
    {
        switch (outcome.Kind)
        {
            case OutcomeKind.Answered:
                _interval.Answered++;
                if (good) _interval.Good++;
                _intervalAnswers.Add(LatencyKind.Answer, outcome.End);
                break;
            case OutcomeKind.Refused:
                _interval.Refused++;
                break;
            case OutcomeKind.Shed:
                _interval.Shed++;
                break;
            case OutcomeKind.Failed or OutcomeKind.TimedOut:
                _interval.Failed++;
                break;
        }
    }

    private void AddReason(RequestOutcome outcome)
    {
        (OutcomeKind, string) key = (outcome.Kind, outcome.Reason ?? "UNKNOWN");
        if (!_reasons.TryGetValue(key, out LatencyHistograms? times)) _reasons[key] = times = new LatencyHistograms();
        times.Add(LatencyKind.Refusal, outcome.End);
    }

    private void AddTimes(RequestOutcome outcome)
    {
        foreach ((LatencyKind kind, TimeSpan? time) in ((LatencyKind, TimeSpan?)[])
            [(LatencyKind.Upload, outcome.Upload), (LatencyKind.FirstFeatures, outcome.FirstFeatures), (LatencyKind.Features, outcome.Features), (LatencyKind.FirstToken, outcome.FirstToken), (LatencyKind.SeamStall, outcome.SeamStall)])
        {
            if (time is { } value) Latencies.Add(kind, value);
        }

        foreach (TimeSpan gap in outcome.TokenGaps) Latencies.Add(LatencyKind.InterToken, gap);
        if (outcome.ServerQueueSeconds is { } queue) Latencies.Add(LatencyKind.ServerQueue, TimeSpan.FromSeconds(queue));
    }
}
