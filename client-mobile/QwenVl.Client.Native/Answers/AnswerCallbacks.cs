using QwenVl.Client.Answers;
using QwenVl.Client.Native.Abi;

namespace QwenVl.Client.Native.Answers;

/// <summary>The functions that a question was asked with. Used by one thread.</summary>
internal sealed unsafe class AnswerCallbacks(delegate* unmanaged<nint, TokenData*, void> onToken, delegate* unmanaged<nint, int, SummaryData*, byte*, void> onFinish, nint user)
{
    // Text is written here again and again: a token costs no memory.
    private byte[] _text = new byte[64];

    /// <summary>Hands out one token.</summary>
    public void Token(AnswerToken token)
    {
        if (onToken is null) return;
        int count = Utf8Text.Write(token.Text, ref _text);
        fixed (byte* text = _text)
        {
            var data = new TokenData
            {
                Size = (uint)sizeof(TokenData),
                Index = token.Index,
                Id = token.Id,
                Source = token.Source == TokenSource.Cloud ? 0 : 1,
                Text = text,
                TextBytes = (ulong)count,
                ElapsedMicroseconds = Microseconds(token.Elapsed),
            };
            onToken(user, &data);
        }
    }

    /// <summary>Tells of a whole answer.</summary>
    public void Finish(AnswerSummary summary)
    {
        if (onFinish is null) return;
        int count = Utf8Text.Write(summary.Text, ref _text);
        fixed (byte* text = _text)
        {
            var data = new SummaryData
            {
                Size = (uint)sizeof(SummaryData),
                Finish = summary.FinishReason == FinishReason.Stop ? 0 : 1,
                Text = text,
                TextBytes = (ulong)count,
                CloudTokens = summary.CloudTokens,
                DeviceTokens = summary.DeviceTokens,
                TakenOverAt = summary.TakenOverAt ?? -1,
                ConnectionLost = summary.ConnectionLost ? 1 : 0,
                BytesSent = (ulong)summary.BytesSent,
                BytesReceived = (ulong)summary.BytesReceived,
                FirstTokenMicroseconds = Microseconds(summary.Timings.FirstToken ?? TimeSpan.Zero),
                TotalMicroseconds = Microseconds(summary.Timings.Total),
            };
            onFinish(user, (int)NativeStatus.Ok, &data, null);
        }
    }

    /// <summary>Tells of an answer that ended without a summary.</summary>
    public void Fail(NativeStatus status, string message)
    {
        if (onFinish is null) return;
        Utf8Text.Write(message, ref _text);
        fixed (byte* text = _text) onFinish(user, (int)status, null, text);
    }

    private static ulong Microseconds(TimeSpan time) => (ulong)Math.Max(0, time.Ticks / TimeSpan.TicksPerMicrosecond);
}
