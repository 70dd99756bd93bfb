using System.Text;
using System.Threading.Channels;
using QwenVl.Model.Text;

namespace QwenVl.Client.Answers;

/// <summary>
/// The one place where tokens become an answer: it insists on their numbers, makes text of them across the seams of the
/// two writers, and gives them to the reader. Written by one task at a time; any may look at what is written.
/// </summary>
internal sealed class AnswerWriter(QwenTokenizer? tokenizer, int maxNewTokens, AnswerClock clock)
{
    // An answer has at most this many tokens, so writing never waits for a reader and never fails.
    private readonly Channel<AnswerToken> _tokens = Channel.CreateBounded<AnswerToken>(
        new BoundedChannelOptions(maxNewTokens) { SingleReader = true, SingleWriter = true });

    private readonly IncrementalDetokenizer? _detokenizer = tokenizer is null ? null : new IncrementalDetokenizer(tokenizer);
    private readonly StringBuilder _text = new();
    private volatile int[] _ids = new int[64];
    private volatile int _count;
    private readonly TokenPace _cloud = new();
    private readonly TokenPace _device = new();

    /// <summary>The reader's end.</summary>
    public ChannelReader<AnswerToken> Tokens => _tokens.Reader;

    /// <summary>Tokens written, which is the next one's index.</summary>
    public int Count => _count;

    /// <summary>The server's tokens.</summary>
    public TokenPace Cloud => _cloud;

    /// <summary>The device's tokens.</summary>
    public TokenPace Device => _device;

    /// <summary>Writes the token of an index.</summary>
    /// <param name="index">Its number.</param>
    /// <param name="id">Its id.</param>
    /// <param name="source">Who wrote it.</param>
    /// <param name="serverText">What the server says it adds; used where there is no tokenizer.</param>
    /// <exception cref="QwenVlException">It is not the next one.</exception>
    public void Write(int index, int id, TokenSource source, string serverText = "")
    {
        if (index != Count) throw new QwenVlException(QwenVlErrorCode.ProtocolViolation, $"Token {index} came where {Count} was next: the answer would have a {(index > Count ? "gap" : "repeat")}.");
        string text = _detokenizer?.Append(id) ?? serverText;
        TimeSpan elapsed = clock.Now;
        if (!_tokens.Writer.TryWrite(new AnswerToken(index, id, text, source, elapsed)))
            throw new QwenVlException(QwenVlErrorCode.ProtocolViolation, $"Token {index} came after the answer's end.");
        _text.Append(text);
        (source == TokenSource.Cloud ? _cloud : _device).Add(elapsed);
        if (_count == _ids.Length) _ids = [.. _ids, .. _ids];
        _ids[_count] = id;
        _count++;
    }

    /// <summary>The ids written from an index on.</summary>
    public int[] IdsFrom(int index)
    {
        // The number first: the array of that moment or a later one has as many.
        int count = _count;
        return _ids[index..count];
    }

    /// <summary>Ends the tokens.</summary>
    /// <returns>The whole text.</returns>
    public string Complete()
    {
        _tokens.Writer.TryComplete();
        return _text.Append(_detokenizer?.Flush()).ToString();
    }
}
