using QwenVl.Client.Answers;
using QwenVl.Client.Handoff;
using QwenVl.Client.Routing;
using QwenVl.Protos.V1;

namespace QwenVl.Client.Transport;

/// <summary>
/// What has come of one question. The stream's reader writes into it and never waits; any number of readers look at it
/// and wait for changes. Its memory is bounded: features by the checked header, tokens by the most that were asked for.
/// </summary>
internal sealed class CloudQuestion(uint id, int maxNewTokens, int vocabularySize, FeatureExpectation? features, TimeProvider time, NetworkMonitor network)
{
    private readonly Lock _gate = new();
    private readonly Pulse _pulse = new();
    private readonly List<CloudToken> _tokens = [];
    private FeatureAssembler? _assembler;
    private bool _takeOverSent;
    private long _timedBytes;
    private long _lastChunkAt;

    /// <summary>Its number in the stream.</summary>
    public uint Id => id;

    /// <summary>Completes at the next change; take it before looking.</summary>
    public Task Changed => _pulse.Next;

    /// <summary>How it ended.</summary>
    public CloudEnd End { get; private set; }

    /// <summary>Why, where <see cref="End"/> is Lost or Failed.</summary>
    public QwenVlException? Error { get; private set; }

    /// <summary>The features as they come; null before their header has.</summary>
    public ArrivingFeatures? Features => _assembler?.Features;

    /// <summary>Whether all features have come.</summary>
    public bool HasAllFeatures => Features is { IsComplete: true };

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

    /// <summary>Tokens from an index on.</summary>
    public CloudToken[] TokensFrom(int index)
    {
        lock (_gate) return [.. _tokens.Skip(index)];
    }

    /// <summary>Says that the device has asked to take over: only then is HandedOff an answer.</summary>
    public void TakeOverSent()
    {
        lock (_gate) _takeOverSent = true;
    }

    /// <summary>Takes a message about this question.</summary>
    /// <returns>Whether the question is over.</returns>
    public bool Accept(ServerMessage message)
    {
        lock (_gate)
        {
            if (End != CloudEnd.None) return true;
            BytesReceived += message.CalculateSize();
            try
            {
                Apply(message);
            }
            catch (QwenVlException error)
            {
                (End, Error) = (CloudEnd.Failed, error);
            }

            if (End != CloudEnd.None) TellGoodput();
        }

        if (End != CloudEnd.None) Features?.End();

        _pulse.Fire();
        return End != CloudEnd.None;
    }

    /// <summary>Ends the question because the stream did.</summary>
    public void Lose(QwenVlException error)
    {
        lock (_gate)
        {
            if (End != CloudEnd.None) return;
            (End, Error) = (CloudEnd.Lost, error);
            TellGoodput();
        }

        Features?.End();

        _pulse.Fire();
    }

    /// <summary>A new exception of why it failed or was lost, for each who must throw it.</summary>
    public QwenVlException Failure() => new(Error!.Code, Error.Message, Error) { ServerReason = Error.ServerReason };

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
                QuestionFailed failed = message.QuestionFailed;
                throw RpcErrors.FromQuestion(failed.Code, failed.Reason, failed.Message);
            default: throw Violation($"{message.MessageCase} within a question");
        }
    }

    private void Begin(FeatureHeader header)
    {
        if (features is null) throw Violation("features that were not asked for");
        if (_assembler is not null) throw Violation("a second feature header");
        _assembler = new FeatureAssembler(header, features);
    }

    private void Append(FeatureChunk chunk)
    {
        if (_assembler is null) throw Violation("a feature chunk without a header");
        long now = time.GetTimestamp();
        if (FirstChunkAt == 0) FirstChunkAt = now;
        else (_timedBytes, _lastChunkAt) = (_timedBytes + chunk.Data.Length, now);
        _assembler.Append(chunk);
        if (!HasAllFeatures) return;
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
        if (tokens.FirstIndex != _tokens.Count) throw Violation($"token {tokens.FirstIndex} where {_tokens.Count} was next");
        if (tokens.Ids.Count > maxNewTokens - _tokens.Count) throw Violation($"more than the {maxNewTokens} tokens asked for");
        long now = time.GetTimestamp();
        for (int i = 0; i < tokens.Ids.Count; i++)
        {
            int token = tokens.Ids[i];
            if ((uint)token >= (uint)vocabularySize) throw Violation($"token id {token}; the vocabulary has {vocabularySize}");
            _tokens.Add(new CloudToken(token, i == tokens.Ids.Count - 1 ? tokens.Text : "", now));
        }
    }

    private void HandOff(int count)
    {
        if (!_takeOverSent) throw Violation("a handoff that was not asked for");
        if (count != _tokens.Count) throw Violation($"a handoff after {count} tokens, of which {_tokens.Count} came");
        HandedOffAt = time.GetTimestamp();
        End = CloudEnd.HandedOff;
    }

    private void Finish(Finished finished)
    {
        bool answered = finished.Reason is Finished.Types.Reason.Stop or Finished.Types.Reason.Length;
        if (answered && finished.Count != _tokens.Count) throw Violation($"an end after {finished.Count} tokens, of which {_tokens.Count} came");
        if (finished.Reason == Finished.Types.Reason.FeaturesOnly && !HasAllFeatures) throw Violation("an end before all features");
        End = finished.Reason switch
        {
            Finished.Types.Reason.Stop => CloudEnd.Stopped,
            Finished.Types.Reason.Length => CloudEnd.Length,
            Finished.Types.Reason.FeaturesOnly => CloudEnd.FeaturesOnly,
            Finished.Types.Reason.Cancelled => throw new QwenVlException(QwenVlErrorCode.ServerFailed, "The server gave the question up; it may be shutting down. Ask again."),
            _ => throw Violation($"an end for reason {finished.Reason}"),
        };
    }

    private static QwenVlException Violation(string what) => new(QwenVlErrorCode.ProtocolViolation,
        $"The server sent {what}. Ask again; if it happens again, client and server are of different versions.");
}
