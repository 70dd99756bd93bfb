using BenchmarkDotNet.Attributes;
using QwenVl.Benchmarks.Budgets;
using QwenVl.Model.Text;

namespace QwenVl.Benchmarks.Micro;

/// <summary>Text to tokens and back, with the tokenizer of the embedded checkpoints.</summary>
[MemoryDiagnoser]
public class TokenizerBenchmarks
{
    private const string Text = "Read the sign and translate it into German: \"No entry. Staff only beyond this point\" is what it says, I think.";
    private QwenTokenizer _tokenizer = null!;
    private IncrementalDetokenizer _stream = null!;
    private int[] _ids = null!;
    private int _next;

    /// <summary>Loads the tokenizer.</summary>
    [GlobalSetup]
    public void SetUp()
    {
        _tokenizer = QwenTokenizer.Load(Path.Combine(RepositoryFolder.Root, "engines", "nano", "tokenizer.json"));
        _stream = new IncrementalDetokenizer(_tokenizer);
        _ids = _tokenizer.Encode(Text);
    }

    /// <summary>A prompt of 110 characters.</summary>
    [Benchmark, AllocationBudget(8_192)]
    public object Encode() => _tokenizer.Encode(Text);

    /// <summary>The same back.</summary>
    [Benchmark, AllocationBudget(2_048)]
    public object Decode() => _tokenizer.Decode(_ids);

    /// <summary>One token of a stream: its text and nothing else.</summary>
    [Benchmark, AllocationBudget(96)]
    public object DecodeNextToken() => _stream.Append(_ids[_next++ % _ids.Length]);
}
