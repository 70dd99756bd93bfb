using QwenVl.Benchmarks.Load.Driving;
using QwenVl.Benchmarks.Load.Workloads;

namespace QwenVl.Benchmarks.Load.Measuring;

/// <summary>Counts of requests that were due in the measured part, where nothing else is said.</summary>
internal sealed record RunCounts
{
    /// <summary>Requests that were due.</summary>
    public long Due { get; set; }

    /// <summary>Answered to their ends.</summary>
    public long Answered { get; set; }

    /// <summary>Answered rightly and within the service level.</summary>
    public long Good { get; set; }

    /// <summary>Answers that ended within the measured part, whenever they were due: what the server got done.</summary>
    public long Completed { get; set; }

    /// <summary>Refused by the server.</summary>
    public long Refused { get; set; }

    /// <summary>Refusals that said when to try again.</summary>
    public long RefusedWithRetry { get; set; }

    /// <summary>Failed.</summary>
    public long Failed { get; set; }

    /// <summary>Without an answer in time.</summary>
    public long TimedOut { get; set; }

    /// <summary>Cancelled, left, crashed or cut, as planned.</summary>
    public long EndedAsPlanned { get; set; }

    /// <summary>Not sent: too many were under way.</summary>
    public long Shed { get; set; }

    /// <summary>Tokens that came.</summary>
    public long Tokens { get; set; }

    /// <summary>Tokens that were passed over, in the whole run; must be 0.</summary>
    public long MissingTokens { get; set; }

    /// <summary>Tokens that came twice, in the whole run; must be 0.</summary>
    public long DuplicateTokens { get; set; }

    /// <summary>Answered to their ends in the whole run.</summary>
    public long AnsweredInAll { get; set; }

    /// <summary>Those of them whose file an earlier request had sent.</summary>
    public long RepeatsInAll { get; set; }

    /// <summary>Requests whose picture needed no upload.</summary>
    public long KnownPictures { get; set; }

    /// <summary>Answers with features out of the server's cache.</summary>
    public long CachedFeatures { get; set; }

    /// <summary>Bytes of pictures sent.</summary>
    public long PictureBytes { get; set; }

    /// <summary>Bytes of features received.</summary>
    public long FeatureBytes { get; set; }

    /// <summary>By behaviour.</summary>
    public SortedDictionary<Behaviour, long> Behaviours { get; init; } = [];

    /// <summary>Counts one request.</summary>
    public void Add(RequestOutcome outcome, bool good)
    {
        Due++;
        Behaviours[outcome.Request.Behaviour] = Behaviours.GetValueOrDefault(outcome.Request.Behaviour) + 1;
        switch (outcome.Kind)
        {
            case OutcomeKind.Answered:
                Answered++;
                break;
            case OutcomeKind.Refused:
                Refused++;
                break;
            case OutcomeKind.Failed:
                Failed++;
                break;
            case OutcomeKind.TimedOut:
                TimedOut++;
                break;
            case OutcomeKind.EndedAsPlanned:
                EndedAsPlanned++;
                break;
            case OutcomeKind.Shed:
                Shed++;
                break;
        }

        if (good) Good++;
        if (outcome is { Kind: OutcomeKind.Refused, HasRetry: true }) RefusedWithRetry++;
        if (outcome.WasKnown) KnownPictures++;
        if (outcome.WasCached) CachedFeatures++;
        Tokens += outcome.Tokens;
        PictureBytes += outcome.PictureBytes;
        FeatureBytes += outcome.FeatureBytes;
    }
}
