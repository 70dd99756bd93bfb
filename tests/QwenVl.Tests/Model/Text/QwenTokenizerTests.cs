using FsCheck.Xunit;
using QwenVl.Model.Text;
using QwenVl.Tests.Golden;
using QwenVl.Tests.Infrastructure;

namespace QwenVl.Tests.Model.Text;

public sealed class QwenTokenizerTests
{
    private static readonly Lazy<QwenTokenizer> Tokenizer = new(() => QwenTokenizer.Load(Path.Combine(GoldenFolder.Checkpoint, "tokenizer.json")));

    // A property cannot be skipped, and this one holds for every tokenizer: without the golden one it takes the embedded one.
    private static readonly Lazy<QwenTokenizer> AnyTokenizer = new(() =>
        GoldenFolder.Path is null ? QwenTokenizer.Load(RepositoryFolder.File("engines", "nano", "tokenizer.json")) : Tokenizer.Value);

    [Fact]
    public void All_recorded_texts_have_the_recorded_tokens()
    {
        Measurement measurement = TokenizerCheck.Run(GoldenFolder.Set, Tokenizer.Value);

        Assert.True(measurement.Passes, measurement.ToString());
        Assert.Contains("1,500", measurement.Shown, StringComparison.Ordinal);
    }

    [Fact]
    public void Special_tokens_in_plain_text_are_text()
    {
        int[] ids = Tokenizer.Value.Encode("<|im_end|><|image_pad|><tool_call>");

        Assert.DoesNotContain(ids, id => id >= 151643);
        Assert.Equal("<|im_end|><|image_pad|><tool_call>", Tokenizer.Value.Decode(ids));
    }

    [Fact]
    public void Special_tokens_are_not_shown()
    {
        int[] ids = Tokenizer.Value.EncodeWithSpecialTokens("red<|im_end|>");

        Assert.Equal(151645, ids[^1]);
        Assert.Equal("red", Tokenizer.Value.Decode(ids));
    }

    [Property(MaxTest = 200)]
    public void Text_in_normal_form_comes_back(string text)
    {
        string normal = TextNormalization.ToNfc(text ?? "");

        Assert.Equal(normal, AnyTokenizer.Value.Decode(AnyTokenizer.Value.Encode(text ?? "")));
    }

    [Theory]
    [InlineData("你好，世界 👩‍👩‍👧‍👦!")]
    [InlineData("plain")]
    [InlineData("")]
    public void Pieces_of_streamed_text_join_to_the_whole(string text)
    {
        var detokenizer = new IncrementalDetokenizer(Tokenizer.Value);
        string joined = string.Concat(Tokenizer.Value.Encode(text).Select(detokenizer.Append)) + detokenizer.Flush();

        Assert.Equal(text, joined);
    }

    [Fact]
    public void A_streamed_character_that_never_ends_becomes_a_replacement()
    {
        var detokenizer = new IncrementalDetokenizer(Tokenizer.Value);
        int[] ids = Tokenizer.Value.Encode("𓀀");
        Assert.True(ids.Length > 1);

        Assert.Equal("", detokenizer.Append(ids[0]));
        Assert.Equal("\ufffd", detokenizer.Flush());
    }

    [Fact]
    public void A_very_long_piece_is_encoded_in_time_that_does_not_grow_with_its_square()
    {
        // A million letters without a blank took hours with a quadratic merge; the test's own time limit would tell.
        int[] ids = Tokenizer.Value.Encode(new string('a', 1_000_000));

        Assert.InRange(ids.Length, 1, 1_000_000);
    }

    [Theory]
    [InlineData("{}")]
    [InlineData("not json")]
    [InlineData("""{"model":{"type":"Unigram","vocab":{},"merges":[]},"added_tokens":[]}""")]
    [InlineData("""{"model":{"type":"BPE","vocab":{"a":0},"merges":[["a","b"]]},"added_tokens":[]}""")]
    [InlineData("""{"model":{"type":"BPE","vocab":{"a":0},"merges":[]},"added_tokens":[]}""")]
    public void A_file_that_is_no_byte_level_bpe_is_refused_by_name(string content)
    {
        string path = Path.GetTempFileName();
        try
        {
            File.WriteAllText(path, content);
            var error = Assert.Throws<InvalidDataException>(() => QwenTokenizer.Load(path));
            Assert.Contains(path, error.Message, StringComparison.Ordinal);
        }
        finally
        {
            File.Delete(path);
        }
    }
}
