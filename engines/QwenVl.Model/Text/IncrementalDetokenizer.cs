using System.Buffers;
using System.Text;

namespace QwenVl.Model.Text;

/// <summary>Turns tokens into text as they come, holding back bytes until their character is whole. For one answer and one thread.</summary>
public sealed class IncrementalDetokenizer(QwenTokenizer tokenizer)
{
    private readonly Decoder _decoder = Encoding.UTF8.GetDecoder();
    private readonly ArrayBufferWriter<byte> _bytes = new(64);

    /// <summary>What a token adds to the text; empty while a character is incomplete.</summary>
    public string Append(int id)
    {
        _bytes.ResetWrittenCount();
        tokenizer.AppendBytes(id, _bytes);
        return Convert(flush: false);
    }

    /// <summary>Ends the text: what was held back becomes U+FFFD.</summary>
    public string Flush()
    {
        _bytes.ResetWrittenCount();
        return Convert(flush: true);
    }

    private string Convert(bool flush)
    {
        if (_bytes.WrittenCount == 0 && !flush) return "";
        int length = _decoder.GetCharCount(_bytes.WrittenSpan, flush);
        return string.Create(length, (this, flush), static (characters, state) =>
            state.Item1._decoder.GetChars(state.Item1._bytes.WrittenSpan, characters, state.flush));
    }
}
