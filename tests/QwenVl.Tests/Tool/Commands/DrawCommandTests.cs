using QwenVl.Engines.Tool.Evaluation;
using QwenVl.Tests.Infrastructure;
using QwenVl.Tests.Pictures;
using QwenVl.Tests.Tool.Runs;

namespace QwenVl.Tests.Tool.Commands;

public sealed class DrawCommandTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    [Theory]
    [InlineData("heldout")]
    [InlineData("train")]
    public async Task Pictures_are_drawn_that_eval_can_ask_about(string split)
    {
        PictureFonts.Required();

        ToolRun run = await ToolRun.OfAsync("draw", "--seed", "5", "--count", "3", "--split", split, "--fonts", PictureFonts.Folder, _folder.File("out"));

        run.AssertSucceeded();
        Assert.Equal(["sign", "scene", "point"], PictureList.Read(_folder.File("out"), 10).Select(picture => picture.Kind));
    }

    [Fact]
    public async Task Without_fonts_the_way_to_them_is_named_and_nothing_is_written()
    {
        (await ToolRun.OfAsync("draw", "--seed", "5", "--count", "3", "--fonts", _folder.File("none"), _folder.File("out"))).AssertRefused(_folder.File("none"), "fonts.sh");

        Assert.False(Directory.Exists(_folder.File("out")));
    }

    public void Dispose() => _folder.Dispose();
}
