namespace QwenVl.Client.Answers;

/// <summary>Collects the times of one answer. Written by one task at a time.</summary>
internal sealed class AnswerClock(TimeProvider time)
{
    private readonly long _started = time.GetTimestamp();

    public TimeSpan? DecodeImage { get; set; }

    public TimeSpan? EncodeImage { get; set; }

    public TimeSpan? Upload { get; set; }

    public TimeSpan? Prefill { get; set; }

    public TimeSpan? PrefillComplete { get; set; }

    public TimeSpan? TakeOverRequested { get; set; }

    /// <summary>Time since the question was asked.</summary>
    public TimeSpan Now => time.GetElapsedTime(_started);

    /// <summary>A timestamp as time since the question was asked; null for 0.</summary>
    public TimeSpan? Since(long timestamp) => timestamp == 0 ? null : time.GetElapsedTime(_started, timestamp);

    /// <summary>Runs work and says how long it took.</summary>
    public async Task<(T Result, TimeSpan Elapsed)> MeasureAsync<T>(Task<T> work)
    {
        long from = time.GetTimestamp();
        T result = await work.ConfigureAwait(false);
        return (result, time.GetElapsedTime(from));
    }
}
