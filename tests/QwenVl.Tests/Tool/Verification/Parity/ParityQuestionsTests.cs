using QwenVl.Engines.Tool;
using QwenVl.Engines.Tool.Evaluation;
using QwenVl.Engines.Tool.Verification.Parity;
using QwenVl.Model.Configuration;
using QwenVl.Model.Prompts;
using QwenVl.Model.Text;
using QwenVl.Model.Vision;
using QwenVl.Tests.Infrastructure;
using QwenVl.Tests.Tool.Runs;

namespace QwenVl.Tests.Tool.Verification.Parity;

public sealed class ParityQuestionsTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly PromptBuilder _prompts;

    public ParityQuestionsTests()
    {
        SpeakingCheckpoint.Write(_folder.File("model"));
        PictureFolder.Write(_folder.File("pictures"), ["a", "b", "c", "d"]);
        _prompts = new PromptBuilder(QwenTokenizer.Load(_folder.File("model", "tokenizer.json")), ModelConfigReader.Read(_folder.File("model")));
    }

    [Fact]
    public async Task Pictures_come_in_several_sizes_each_with_its_first_question()
    {
        IReadOnlyList<ParityQuestion> questions = await ReadAsync(PictureList.Read(_folder.File("pictures"), 32));

        Assert.Equal(["sign.png", "scene.png", "point.png"], questions.Select(question => question.Picture));
        ImageGrid[] grids = [.. questions.Select(question => question.Patches.Grid)];
        Assert.Equal(3, grids.Distinct().Count());
        Assert.All(grids, grid => Assert.InRange(grid.Patches, 256, 4096));
        // The largest is for a plan's second profile.
        Assert.InRange(grids[2].Patches, 1025, 4096);
        Assert.All(questions, question => Assert.Equal(question.Patches.Grid.Tokens, question.Prompt.VisualTokens));
        Prompt expected = _prompts.Build([ChatTurn.User(PictureFolder.Questions[0].Prompt, grids[0])]);
        Assert.Equal(expected.TokenIds, questions[0].Prompt.TokenIds);
    }

    [Fact]
    public async Task A_picture_that_is_none_or_that_nothing_is_asked_about_is_refused_by_name()
    {
        await File.WriteAllTextAsync(_folder.File("pictures", "sign.png"), "no picture");
        IReadOnlyList<AskedPicture> pictures = PictureList.Read(_folder.File("pictures"), 32);

        Assert.Contains("sign.png: This is no picture", (await Assert.ThrowsAsync<ToolException>(() => ReadAsync(pictures))).Message, StringComparison.Ordinal);
        Assert.Contains("scene.png", (await Assert.ThrowsAsync<ToolException>(() => ReadAsync([pictures[1] with { Qa = [] }]))).Message, StringComparison.Ordinal);
    }

    public void Dispose() => _folder.Dispose();

    private Task<IReadOnlyList<ParityQuestion>> ReadAsync(IReadOnlyList<AskedPicture> pictures) =>
        ParityQuestions.ReadAsync(_folder.File("pictures"), pictures, _prompts, TestContext.Current.CancellationToken);
}
