using QwenVl.Benchmarks.Load.Pictures;
using QwenVl.Protos.V1;

namespace QwenVl.Benchmarks.Load.Checking;

/// <summary>Follows all messages of one answer, and notes whatever must not be.</summary>
/// <param name="ask">What was asked.</param>
/// <param name="choice">The picture; null: none.</param>
/// <param name="file">Its file.</param>
/// <param name="ledger">What features were before.</param>
internal sealed class AnswerCheck(Ask ask, PictureChoice? choice, PictureFile? file, FeatureLedger ledger) : IDisposable
{
    private readonly FeatureCheck? _features = ask.Features != FeatureType.Unspecified && file is not null ? new FeatureCheck(ask.Features, file.Sha256, file.Bytes.Length) : null;

    /// <summary>What was found wrong.</summary>
    public List<Violation> Violations { get; } = [];

    /// <summary>The tokens' numbers.</summary>
    public TokenCheck Tokens { get; } = new(ask.TakeOverAt);

    /// <summary>The message that ended the answer; null before it came.</summary>
    public ServerMessage? End { get; private set; }

    /// <summary>Where the server says that the time went; null before it said so.</summary>
    public ServerTimings? Timings { get; private set; }

    /// <summary>Bytes of features that came.</summary>
    public long FeatureBytes => _features?.Received ?? 0;

    /// <summary>Whether all features came.</summary>
    public bool HasAllFeatures => _features?.IsComplete ?? false;

    /// <summary>Whether the server had the features already; null where none came.</summary>
    public bool? WasCached => _features?.Header?.WasCached;

    /// <summary>Takes a message about this question in.</summary>
    public void Take(ServerMessage message)
    {
        if (End is not null)
        {
            Violations.Add(Violation.MessageAfterEnd);
            return;
        }

        switch (message.MessageCase)
        {
            case ServerMessage.MessageOneofCase.Tokens when ask.Tokens:
                Violations.AddRange(Tokens.Take(message.Tokens.FirstIndex, message.Tokens.Ids.Count));
                break;
            case ServerMessage.MessageOneofCase.FeatureHeader when _features is not null:
                Violations.AddRange(_features.Take(message.FeatureHeader));
                break;
            case ServerMessage.MessageOneofCase.FeatureChunk when _features is not null:
                Violations.AddRange(_features.Take(message.FeatureChunk));
                if (_features.IsComplete) Compare(_features);
                break;
            case ServerMessage.MessageOneofCase.Timings:
                Timings = message.Timings;
                break;
            case ServerMessage.MessageOneofCase.HandedOff:
                Finish(message, message.HandedOff.Count);
                break;
            case ServerMessage.MessageOneofCase.Finished when message.Finished.Reason == Finished.Types.Reason.Cancelled:
            case ServerMessage.MessageOneofCase.QuestionFailed:
                End = message;
                break;
            case ServerMessage.MessageOneofCase.Finished:
                Finish(message, message.Finished.Count);
                break;
            default:
                Violations.Add(Violation.Unexpected);
                break;
        }
    }

    /// <summary>The stream ended in good order: the answer must have ended before.</summary>
    public void StreamEnded()
    {
        if (End is null) Violations.Add(Violation.NoEnd);
    }

    /// <inheritdoc/>
    public void Dispose() => _features?.Dispose();

    private void Finish(ServerMessage message, int count)
    {
        End = message;
        Violations.AddRange(Tokens.End(count));
        if (_features is { IsComplete: false }) Violations.Add(Violation.FeaturesIncomplete);
    }

    private void Compare(FeatureCheck features)
    {
        if (!ledger.Agrees(choice!.Value, $"{features.Header!.GridHeight}x{features.Header.GridWidth}", features.Digest())) Violations.Add(Violation.WrongFeatures);
    }
}
