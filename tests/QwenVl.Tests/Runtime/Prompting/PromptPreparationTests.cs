using Microsoft.Extensions.Options;
using QwenVl.Model.Checkpoints;
using QwenVl.Model.Prompts;
using QwenVl.Model.Vision;
using QwenVl.Runtime.Configuration;
using QwenVl.Runtime.Decoding;
using QwenVl.Runtime.Encoding;
using QwenVl.Runtime.Errors;
using QwenVl.Runtime.Hosting;
using QwenVl.Runtime.Prompting;
using QwenVl.Tests.Client.Fakes;
using QwenVl.Tests.Runtime.Decoding;

namespace QwenVl.Tests.Runtime.Prompting;

/// <summary>Limits of prompts; the checkpoint takes 512 tokens, one a byte.</summary>
public sealed class PromptPreparationTests : IDisposable
{
    private readonly TestMetrics _metrics = new();
    private readonly HostedModel _model;

    public PromptPreparationTests()
    {
        var tower = new HostedTower(new CheckpointFingerprint("m", "t"), TinyModel.Config, new EncodeWorker(new HashVision(), "test", 1, 1, TimeSpan.Zero, _metrics.Runtime, TimeProvider.System));
        _model = new HostedModel(tower, TinyModel.Tokenizer, TinyModel.Prompts, new DecodeWorker(new BatchedHashDecoder(), new DecodeLimits { BatchSize = 1 }, _metrics.Runtime, TimeProvider.System));
    }

    [Fact]
    public void A_prompt_that_leaves_room_for_a_token_is_taken_and_one_more_is_not()
    {
        int frame = Build("x").Length - 1, most = TinyModel.MaxSequenceLength - 1 - frame;
        Prompt longest = Build(new string('x', most));

        Assert.Equal(1, Preparation().MaxNewTokens(_model, longest, 0));
        Assert.Equal(RequestReason.PromptTooLong, Refusal(() => Build(new string('x', most + 1))));
    }

    [Fact]
    public void The_servers_own_limit_holds_where_it_is_smaller()
    {
        PromptPreparation small = Preparation(new RuntimeOptions { MaxPromptTokens = 40, MaxNewTokens = 5 });
        Prompt prompt = small.Build(_model, [ChatTurn.User("Hello?")]);

        Assert.Equal([5, 5, 3], new[] { 0, 100, 3 }.Select(asked => small.MaxNewTokens(_model, prompt, asked)));
        Assert.Equal(RequestReason.PromptTooLong, Refusal(() => small.Build(_model, [ChatTurn.User(new string('x', 40))])));
    }

    [Theory]
    [InlineData("")]
    [InlineData(" \r\n\t")]
    public void A_prompt_of_nothing_is_refused(string text) => Assert.Equal(RequestReason.EmptyPrompt, Refusal(() => Build(text)));

    [Fact]
    public void Visual_tokens_count_before_anything_is_made_of_them()
    {
        var huge = new ImageGrid(100_000, 20_000);
        Assert.Equal(RequestReason.PromptTooLong, Refusal(() => Preparation().Build(_model, [ChatTurn.User("What?", huge, huge)])));
    }

    [Fact]
    public void A_conversation_without_a_form_in_the_template_is_refused()
    {
        ChatTurn picture = new(TurnRole.Assistant, "Here.", [new ImageGrid(2, 2)]);
        Assert.Equal(RequestReason.BadConversation, Refusal(() => Preparation().Build(_model, [picture, ChatTurn.User("What?")])));
    }

    [Fact]
    public void An_answer_so_far_holds_tokens_and_leaves_the_context_whole()
    {
        Prompt prompt = Build("Hello?");
        int room = TinyModel.MaxSequenceLength - prompt.Length;
        Preparation().CheckPrefix(_model, prompt, [.. Enumerable.Repeat(1, room)]);

        Assert.Equal(RequestReason.BadAnswerPrefix, Refusal(() => Preparation().CheckPrefix(_model, prompt, [.. Enumerable.Repeat(1, room + 1)])));
        foreach (int id in (int[])[-1, TinyModel.Config.Text.VocabularySize]) Assert.Equal(RequestReason.BadAnswerPrefix, Refusal(() => Preparation().CheckPrefix(_model, prompt, [id])));
    }

    [Fact]
    public void A_negative_length_is_refused()
    {
        Prompt prompt = Build("Hello?");
        Assert.Equal(RequestReason.BadRequest, Refusal(() => Preparation().MaxNewTokens(_model, prompt, -1)));
    }

    public void Dispose()
    {
        _model.Dispose();
        _metrics.Dispose();
    }

    private Prompt Build(string text) => Preparation().Build(_model, [ChatTurn.User(text)]);

    private static PromptPreparation Preparation(RuntimeOptions? options = null) => new(Options.Create(options ?? new RuntimeOptions()));

    private static string Refusal(Action act) => Assert.Throws<RequestException>(act).Reason;
}
