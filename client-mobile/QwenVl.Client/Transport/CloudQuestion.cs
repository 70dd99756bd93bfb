using QwenVl.Client.Answers;
using QwenVl.Client.Routing;
using QwenVl.Model.Features;
using QwenVl.Protos.V1;

namespace QwenVl.Client.Transport;

/// <summary>
/// What has come of one question. The stream's reader writes into it and never waits; any number of readers look at it
/// and wait for changes. Its memory is bounded: features by the checked header, tokens by the most that were asked for.
/// </summary>
internal sealed class CloudQuestion(uint id, AskPlan plan, Pulse pulse, TimeProvider time, NetworkMonitor network)
{
    private readonly Lock _gate = new();
    private readonly List<CloudToken> _tokens = [];
    private volatile CloudEnd _end;
    private volatile bool _hasHeader;
    private bool _takeOverSent;
    private long _timedBytes;
    private long _lastChunkAt;

    /// <summary>Its number in the stream.</summary>
    public uint Id => id;

    /// <summary>How it ended.</summary>
    public CloudEnd End => _end;

    /// <summary>Why, where <see cref="End"/> is Lost or Failed.</summary>
    public QwenVlException? Error { get; private set; }

    /// <summary>Whether the features that were asked for are on their way; those of an earlier stream may be begun anew until then.</summary>
    public bool FeaturesBegan => plan.Features is null || _hasHeader;

    /// <summary>What the server said of its time.</summary>
    public ServerStageTimings? Timings { get; private set; }

    /// <summary>Bytes of messages received.</summary>
    public long BytesReceived { get; private set; }

    /// <summary>Timestamps; 0 where it has not happened.</summary>
    public long FirstChunkAt { get; private set; }

    /// <inheritdoc cref="FirstChunkAt"/>
    public long FeaturesAt { get; private set; }

    /// <inheritdoc cref="FirstChunkAt"/>
    public long HandedOffAt { get; private set; }

    /// <summary>The next token's index: tokens given with the question count.</summary>
    private int Count => plan.Prefix.Length + _tokens.Count;

    /// <summary>Tokens from an index of the answer on.</summary>
    public CloudToken[] TokensFrom(int index)
    {
        lock (_gate) return [.. _tokens.Skip(index - plan.Prefix.Length)];
    }

    /// <summary>Says that the device has asked to take over: only then is HandedOff an answer.</summary>
    public void TakeOverSent()
    {
        lock (_gate) _takeOverSent = true;
    }

    /// <summary>Takes a message about this question.</summary>
    /// <exception cref="QwenVlException">The message breaks the protocol: nothing that follows on this stream can be trusted.</exception>
    public void Accept(ServerMessage message)
    {
        lock (_gate)
        {
            if (End != CloudEnd.None) return;
            BytesReceived += message.CalculateSize();
            try
            {
                Apply(message);
            }
            catch (QwenVlException error)
            {
                // The reason first: whoever sees the end asks for it.
                Error = error;
                _end = CloudEnd.Failed;
            }

            if (End != CloudEnd.None) TellGoodput();
        }

        pulse.Fire();
        if (Error?.Code == QwenVlErrorCode.ProtocolViolation) throw Failure();
    }

    /// <summary>Ends the question because the stream did, or because nobody asks any longer; no message changes it any more.</summary>
    public void Lose(QwenVlException error)
    {
        lock (_gate)
        {
            if (End != CloudEnd.None) return;
            Error = error;
            _end = CloudEnd.Lost;
            TellGoodput();
        }

        pulse.Fire();
    }

    /// <summary>A new exception of why it failed or was lost, for each who must throw it.</summary>
    public QwenVlException Failure() => new(Error!.Code, Error.Message, Error) { ServerReason = Error.ServerReason, RetryAfter = Error.RetryAfter };

    private void Apply(ServerMessage message)
    {
        switch (message.MessageCase)
        {
            case ServerMessage.MessageOneofCase.FeatureHeader: Begin(message.FeatureHeader); break;
            case ServerMessage.MessageOneofCase.FeatureChunk: Append(message.FeatureChunk); break;
            case ServerMessage.MessageOneofCase.Tokens: Append(message.Tokens); break;
            case ServerMessage.MessageOneofCase.HandedOff: HandOff(message.HandedOff.Count); break;
            case ServerMessage.MessageOneofCase.Finished: Finish(message.Finished); break;
            case ServerMessage.MessageOneofCase.Timings: Timings = ServerStageTimings.From(message.Timings); break;
            case ServerMessage.MessageOneofCase.QuestionFailed:
                throw RpcErrors.FromQuestion(message.QuestionFailed);
            default: throw Violation($"{message.MessageCase} within a question");
        }
    }

    private void Begin(FeatureHeader header)
    {
        if (plan.Features is not { } features) throw Violation("features that were not asked for");
        if (_hasHeader) throw Violation("a second feature header");
        features.Begin(header);
        _hasHeader = true;
    }

    private void Append(FeatureChunk chunk)
    {
        if (!_hasHeader) throw Violation("a feature chunk without a header");
        long now = time.GetTimestamp();
        if (FirstChunkAt == 0) FirstChunkAt = now;
        else (_timedBytes, _lastChunkAt) = (_timedBytes + chunk.Data.Length, now);
        plan.Features!.Append(chunk);
        if (!plan.Features.IsComplete) return;
        TellGoodput();
        FeaturesAt = now;
    }

    /// <summary>Says once how fast chunks came, from the first one's arrival on; of features that were broken off, too.</summary>
    private void TellGoodput()
    {
        if (_timedBytes > 0) network.Received(_timedBytes, time.GetElapsedTime(FirstChunkAt, _lastChunkAt));
        _timedBytes = 0;
    }

    private void Append(Tokens tokens)
    {
        if (tokens.HasCrc32C && TokensChecksum.Compute(tokens.FirstIndex, tokens.Ids) != tokens.Crc32C) throw Violation($"tokens at {Count} with a wrong checksum");
        if (tokens.FirstIndex != Count) throw Violation($"token {tokens.FirstIndex} where {Count} was next");
        int most = plan.Question.Options.MaxNewTokens;
        if (!plan.Tokens || tokens.Ids.Count > most - Count) throw Violation($"more than the {(plan.Tokens ? most : 0)} tokens asked for");
        long now = time.GetTimestamp();
        for (int i = 0; i < tokens.Ids.Count; i++)
        {
            int token = tokens.Ids[i];
            if ((uint)token >= (uint)plan.VocabularySize) throw Violation($"token id {token}; the vocabulary has {plan.VocabularySize}");
            _tokens.Add(new CloudToken(token, i == tokens.Ids.Count - 1 ? tokens.Text : "", now));
        }
    }

    private void HandOff(int count)
    {
        if (!_takeOverSent) throw Violation("a handoff that was not asked for");
        if (count != Count) throw Violation($"a handoff after {count} tokens, of which {Count} came");
        if (plan.Features is { IsComplete: false }) throw Violation("a handoff before all features");
        HandedOffAt = time.GetTimestamp();
        _end = CloudEnd.HandedOff;
    }

    private void Finish(Finished finished)
    {
        bool answered = finished.Reason is Finished.Types.Reason.Stop or Finished.Types.Reason.Length;
        if (answered && finished.Count != Count) throw Violation($"an end after {finished.Count} tokens, of which {Count} came");
        if (answered && !plan.Tokens) throw Violation("the end of an answer that it was not to write");
        if (finished.Reason == Finished.Types.Reason.FeaturesOnly && plan.Features is not { IsComplete: true }) throw Violation("an end before all features");
        _end = finished.Reason switch
        {
            Finished.Types.Reason.Stop => CloudEnd.Stopped,
            Finished.Types.Reason.Length => CloudEnd.Length,
            Finished.Types.Reason.FeaturesOnly => CloudEnd.FeaturesOnly,
            Finished.Types.Reason.Cancelled => throw new QwenVlException(QwenVlErrorCode.ConnectionLost, "The server gave the question up; it may be shutting down. Ask again."),
            _ => throw Violation($"an end for reason {finished.Reason}"),
        };
    }

    private static QwenVlException Violation(string what) => new(QwenVlErrorCode.ProtocolViolation,
        $"The server sent {what}. Ask again; if it happens again, client and server are of different versions.");
}
