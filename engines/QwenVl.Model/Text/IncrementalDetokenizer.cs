using System.Buffers;
using System.Text;

namespace QwenVl.Model.Text;

/// <summary>Turns tokens into text as they come, holding back bytes until their character is whole. For one answer and one thread.</summary>
public sealed class IncrementalDetokenizer(QwenTokenizer tokenizer)
{
    private readonly Decoder _decoder = Encoding.UTF8.GetDecoder();
    private readonly ArrayBufferWriter<byte> _bytes = new(64);
    private char[] _characters = new char[64];

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
        int most = Encoding.UTF8.GetMaxCharCount(_bytes.WrittenCount);
        if (_characters.Length < most) _characters = new char[most];
        return new string(_characters, 0, _decoder.GetChars(_bytes.WrittenSpan, _characters, flush));
    }
}
