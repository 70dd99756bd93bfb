namespace QwenVl.Benchmarks.Load.Measuring;

/// <summary>What happened in one interval, by when it happened.</summary>
internal sealed record IntervalCounts
{
    /// <summary>Requests that were due.</summary>
    public int Due { get; set; }

    /// <summary>Requests that were answered.</summary>
    public int Answered { get; set; }

    /// <summary>Those of them that met the service level.</summary>
    public int Good { get; set; }

    /// <summary>Requests that the server refused.</summary>
    public int Refused { get; set; }

    /// <summary>Requests that failed or had no answer in time.</summary>
    public int Failed { get; set; }

    /// <summary>Requests that were not sent.</summary>
    public int Shed { get; set; }

    /// <summary>Requests under way at the interval's end.</summary>
    public int InFlight { get; set; }

    /// <summary>Milliseconds of the answers, median; null: none.</summary>
    public double? AnswerP50Ms { get; set; }

    /// <summary>Milliseconds of the answers, 99th percentile; null: none.</summary>
    public double? AnswerP99Ms { get; set; }
}
