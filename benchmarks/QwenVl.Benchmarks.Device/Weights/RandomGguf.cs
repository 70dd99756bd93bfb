using System.Buffers.Binary;
using System.Globalization;
using System.Text;
using QwenVl.Model.Configuration;

namespace QwenVl.Benchmarks.Device.Weights;

/// <summary>A GGUF file of random Q4_0 weights in the shape of a decoder, with a vocabulary that says nothing: what llama.cpp needs to be timed.</summary>
internal sealed class RandomGguf
{
    private const uint Version = 3;
    private const int Alignment = 32;
    private const int BlockNumbers = 32;
    private const int BlockBytes = 18;
    private const int RandomBlocks = (1 << 20) + 37;
    private const float Scale = 0.005f;

    private enum Kind : uint
    {
        UInt32 = 4,
        Float32 = 6,
        Text = 8,
        Texts = 9,
    }

    private enum Format : uint
    {
        Float32 = 0,
        Q40 = 2,
    }

    private readonly BinaryWriter _file;
    private readonly TextConfig _text;
    private readonly List<(string Name, long[] Shape, Format Format)> _tensors = [];

    private RandomGguf(BinaryWriter file, TextConfig text) => (_file, _text) = (file, text);

    /// <param name="path">The file, overwritten.</param>
    /// <param name="text">The decoder's shape.</param>
    public static void Write(string path, TextConfig text)
    {
        using var file = new BinaryWriter(File.Create(path), Encoding.UTF8);
        new RandomGguf(file, text).Write();
    }

    private void Write()
    {
        ListTensors();
        (string Key, Kind Kind, object Value)[] entries = Entries();
        _file.Write("GGUF"u8);
        _file.Write(Version);
        _file.Write((ulong)_tensors.Count);
        _file.Write((ulong)entries.Length);
        foreach ((string key, Kind kind, object value) in entries)
        {
            WriteText(key);
            _file.Write((uint)kind);
            if (kind is Kind.UInt32) _file.Write(Convert.ToUInt32(value, null));
            else if (kind is Kind.Float32) _file.Write(Convert.ToSingle(value, null));
            else if (kind is Kind.Text) WriteText((string)value);
            else WriteTexts((IReadOnlyList<string>)value);
        }

        long at = 0;
        foreach ((string name, long[] shape, Format format) in _tensors)
        {
            WriteText(name);
            _file.Write((uint)shape.Length);
            foreach (long length in shape) _file.Write((ulong)length);
            _file.Write((uint)format);
            _file.Write((ulong)at);
            at += Padded(Bytes(shape, format));
        }

        Pad();
        RandomBlock blocks = Blocks(), ones = new(BitConverter.GetBytes(1f));
        foreach ((_, long[] shape, Format format) in _tensors)
        {
            (format is Format.Q40 ? blocks : ones).CopyTo(_file.BaseStream, Bytes(shape, format));
            Pad();
        }
    }

    private (string, Kind, object)[] Entries() =>
    [
        ("general.architecture", Kind.Text, "qwen3"),
        ("general.file_type", Kind.UInt32, (int)Format.Q40),
        ("qwen3.block_count", Kind.UInt32, _text.Layers),
        ("qwen3.context_length", Kind.UInt32, _text.MaxPositions),
        ("qwen3.embedding_length", Kind.UInt32, _text.HiddenSize),
        ("qwen3.feed_forward_length", Kind.UInt32, _text.IntermediateSize),
        ("qwen3.attention.head_count", Kind.UInt32, _text.Heads),
        ("qwen3.attention.head_count_kv", Kind.UInt32, _text.KeyValueHeads),
        ("qwen3.attention.key_length", Kind.UInt32, _text.HeadDim),
        ("qwen3.attention.value_length", Kind.UInt32, _text.HeadDim),
        ("qwen3.attention.layer_norm_rms_epsilon", Kind.Float32, _text.RmsNormEpsilon),
        ("qwen3.rope.freq_base", Kind.Float32, _text.RopeTheta),
        ("tokenizer.ggml.model", Kind.Text, "gpt2"),
        ("tokenizer.ggml.pre", Kind.Text, "qwen2"),
        ("tokenizer.ggml.tokens", Kind.Texts, Tokens()),
        ("tokenizer.ggml.merges", Kind.Texts, (string[])["a b"]),
    ];

    /// <summary>A token a byte, in GPT-2's alphabet, the one that the list of merges needs, and names.</summary>
    private List<string> Tokens()
    {
        var tokens = new List<string>();
        // Printable bytes are themselves, the others follow from U+0100 on in their order.
        int next = 256;
        for (int value = 0; value < 256; value++)
        {
            bool printable = value is >= 33 and <= 126 or >= 161 and <= 172 or >= 174;
            tokens.Add(((char)(printable ? value : next++)).ToString());
        }

        tokens.Add("ab");
        while (tokens.Count < _text.VocabularySize) tokens.Add(string.Create(CultureInfo.InvariantCulture, $"[{tokens.Count}]"));
        return tokens[.._text.VocabularySize];
    }

    // Without an output matrix the table of embeddings is the head too.
    private void ListTensors()
    {
        int width = _text.HiddenSize, inner = _text.IntermediateSize, queries = _text.Heads * _text.HeadDim, keys = _text.KeyValueHeads * _text.HeadDim;
        Matrix("token_embd", width, _text.VocabularySize);
        Norm("output_norm", width);
        for (int layer = 0; layer < _text.Layers; layer++)
        {
            string at = $"blk.{layer}.";
            Norm(at + "attn_norm", width);
            Matrix(at + "attn_q", width, queries);
            Matrix(at + "attn_k", width, keys);
            Matrix(at + "attn_v", width, keys);
            Norm(at + "attn_q_norm", _text.HeadDim);
            Norm(at + "attn_k_norm", _text.HeadDim);
            Matrix(at + "attn_output", queries, width);
            Norm(at + "ffn_norm", width);
            Matrix(at + "ffn_gate", width, inner);
            Matrix(at + "ffn_up", width, inner);
            Matrix(at + "ffn_down", inner, width);
        }

        void Matrix(string name, long columns, long rows) => _tensors.Add((name + ".weight", [columns, rows], Format.Q40));

        void Norm(string name, long length) => _tensors.Add((name + ".weight", [length], Format.Float32));
    }

    private static long Bytes(long[] shape, Format format)
    {
        long numbers = shape.Aggregate((left, right) => left * right);
        return format is Format.Q40 ? numbers / BlockNumbers * BlockBytes : numbers * sizeof(float);
    }

    private static RandomBlock Blocks()
    {
        var bytes = new byte[RandomBlocks * BlockBytes];
        new Random(1).NextBytes(bytes);
        for (int block = 0; block < RandomBlocks; block++) BinaryPrimitives.WriteHalfLittleEndian(bytes.AsSpan(block * BlockBytes), (Half)Scale);
        return new RandomBlock(bytes);
    }

    private static long Padded(long length) => (length + Alignment - 1) / Alignment * Alignment;

    private void WriteText(string text)
    {
        byte[] bytes = Encoding.UTF8.GetBytes(text);
        _file.Write((ulong)bytes.Length);
        _file.Write(bytes);
    }

    private void WriteTexts(IReadOnlyList<string> texts)
    {
        _file.Write((uint)Kind.Text);
        _file.Write((ulong)texts.Count);
        foreach (string text in texts) WriteText(text);
    }

    private void Pad()
    {
        _file.Flush();
        long position = _file.BaseStream.Position;
        _file.Write(new byte[Padded(position) - position]);
        _file.Flush();
    }
}
