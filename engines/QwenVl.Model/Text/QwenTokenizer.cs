using System.Buffers;
using System.Text;

namespace QwenVl.Model.Text;

/// <summary>
/// A checkpoint's byte-level BPE, read from its <c>tokenizer.json</c>. Text is normalised to NFC first. Safe for
/// concurrent use.
/// </summary>
public sealed class QwenTokenizer
{
    private readonly byte[]?[] _tokens;
    private readonly BytePairEncoder _encoder;
    private readonly Dictionary<string, int> _added;
    private readonly HashSet<int> _special;
    private readonly SearchValues<string> _addedContents;

    internal QwenTokenizer(byte[]?[] tokens, BytePairEncoder encoder, Dictionary<string, int> added, HashSet<int> special)
    {
        (_tokens, _encoder, _added, _special) = (tokens, encoder, added, special);
        _addedContents = SearchValues.Create([.. added.Keys], StringComparison.Ordinal);
    }

    /// <summary>One more than the largest id. A checkpoint's embedding table may have more rows.</summary>
    public int VocabularySize => _tokens.Length;

    /// <summary>Reads a <c>tokenizer.json</c>.</summary>
    /// <param name="path">The file.</param>
    /// <exception cref="InvalidDataException">The file is not a byte-level BPE in the Qwen layout; the message names what differs.</exception>
    /// <exception cref="IOException">The file cannot be read.</exception>
    public static QwenTokenizer Load(string path) => TokenizerFile.Read(path);

    /// <summary>
    /// Encodes text in which nothing is special: <c>&lt;|im_end|&gt;</c> written by a user is the eight or so tokens of its
    /// characters.
    /// </summary>
    public int[] Encode(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        var ids = new List<int>(text.Length / 3 + 4);
        Append(text, ids);
        return [.. ids];
    }

    /// <summary>Encodes text that the program wrote itself: the contents of added tokens in it become those tokens.</summary>
    public int[] EncodeWithSpecialTokens(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        var ids = new List<int>();
        int at = 0;
        while (at < text.Length)
        {
            int found = text.AsSpan(at).IndexOfAny(_addedContents);
            if (found < 0) break;
            found += at;
            string content = _added.Keys.Where(key => string.CompareOrdinal(text, found, key, 0, key.Length) == 0).MaxBy(key => key.Length)!;
            Append(text[at..found], ids);
            ids.Add(_added[content]);
            at = found + content.Length;
        }

        Append(text[at..], ids);
        return [.. ids];
    }

    /// <summary>The id of an added token such as <c>&lt;|im_start|&gt;</c>.</summary>
    /// <exception cref="ArgumentException">This tokenizer has no such token.</exception>
    public int SpecialTokenId(string content) => _added.TryGetValue(content, out int id)
        ? id
        : throw new ArgumentException($"This tokenizer has no token {content}.", nameof(content));

    /// <summary>Whether an id is a special token, which is never shown.</summary>
    public bool IsSpecial(int id) => _special.Contains(id);

    /// <summary>The text of tokens; special ones are left out, incomplete UTF-8 becomes U+FFFD.</summary>
    public string Decode(ReadOnlySpan<int> ids)
    {
        var bytes = new ArrayBufferWriter<byte>(ids.Length * 4 + 1);
        foreach (int id in ids) AppendBytes(id, bytes);
        return Encoding.UTF8.GetString(bytes.WrittenSpan);
    }

    /// <summary>Appends the UTF-8 bytes that a token stands for: none for a special token or an id without an entry.</summary>
    public void AppendBytes(int id, IBufferWriter<byte> output)
    {
        ArgumentNullException.ThrowIfNull(output);
        if ((uint)id < (uint)_tokens.Length && _tokens[id] is { } bytes && !_special.Contains(id)) output.Write(bytes);
    }

    private void Append(string text, List<int> ids)
    {
        string normalized = TextNormalization.ToNfc(text);
        Span<byte> small = stackalloc byte[256];
        for (int at = 0; at < normalized.Length;)
        {
            int length = PreTokenizer.NextPiece(normalized.AsSpan(at));
            ReadOnlySpan<char> piece = normalized.AsSpan(at, length);
            Span<byte> bytes = length <= small.Length / 3 ? small : new byte[length * 3];
            _encoder.Encode(bytes[..Encoding.UTF8.GetBytes(piece, bytes)], ids);
            at += length;
        }
    }
}
