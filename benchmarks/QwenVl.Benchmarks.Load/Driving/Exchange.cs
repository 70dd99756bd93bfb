using QwenVl.Benchmarks.Load.Checking;
using QwenVl.Benchmarks.Load.Streaming;
using QwenVl.Protos.V1;

namespace QwenVl.Benchmarks.Load.Driving;

/// <summary>One question and its answer: checks each message and notes when it came.</summary>
/// <param name="check">Follows the answer.</param>
internal sealed class Exchange(AnswerCheck check) : IExchange
{
    private readonly TaskCompletionSource<Exception?> _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly List<(long At, int Tokens)> _tokens = [];

    /// <summary>Ends with the answer, or with what ended the stream before.</summary>
    public Task<Exception?> Ended => _ended.Task;

    /// <summary>Follows the answer.</summary>
    public AnswerCheck Check => check;

    /// <summary>When the first feature chunk came.</summary>
    public long? FirstFeatures { get; private set; }

    /// <summary>When the last feature chunk came.</summary>
    public long? Features { get; private set; }

    /// <summary>When the first token came.</summary>
    public long? FirstToken => _tokens.Count > 0 ? _tokens[0].At : null;

    /// <summary>When the end came.</summary>
    public long EndedAt { get; private set; }

    /// <inheritdoc/>
    public void Receive(ServerMessage message, long timestamp)
    {
        // A mistake after the end still counts: whoever waits for the end has read the list by then, the stream's own end tells.
        check.Take(message);
        if (message.MessageCase == ServerMessage.MessageOneofCase.FeatureChunk)
        {
            FirstFeatures ??= timestamp;
            if (check.HasAllFeatures) Features ??= timestamp;
        }

        if (message.Tokens is { Ids.Count: > 0 } tokens) _tokens.Add((timestamp, tokens.Ids.Count));
        if (check.End is null || _ended.Task.IsCompleted) return;
        EndedAt = timestamp;
        _ended.TrySetResult(null);
    }

    /// <inheritdoc/>
    public void StreamEnded(Exception? error, long timestamp)
    {
        if (_ended.Task.IsCompleted) return;
        if (error is null) check.StreamEnded();
        EndedAt = timestamp;
        _ended.TrySetResult(error);
    }

    /// <summary>Times between tokens.</summary>
    public IReadOnlyList<TimeSpan> TokenGaps(TimeProvider time)
    {
        var gaps = new List<TimeSpan>();
        for (int i = 1; i < _tokens.Count; i++)
        {
            TimeSpan each = time.GetElapsedTime(_tokens[i - 1].At, _tokens[i].At) / _tokens[i].Tokens;
            for (int token = 0; token < _tokens[i].Tokens; token++) gaps.Add(each);
        }

        return gaps;
    }
}
