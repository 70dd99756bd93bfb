using System.Text.Json;
using QwenVl.Pictures.Sets;

namespace QwenVl.Tests.Pictures.Sets;

public sealed class PictureSetTests
{
    [Fact]
    public void A_set_is_written_with_its_list_and_the_same_twice()
    {
        var options = new PictureSetOptions { Seed = 17, Count = 9, Fonts = PictureFonts.Required() };
        DirectoryInfo first = Directory.CreateTempSubdirectory(), second = Directory.CreateTempSubdirectory();

        PictureSet.Write(options, first.FullName);
        PictureSet.Write(options, second.FullName);

        string[] names = [.. first.GetFiles().Select(file => file.Name).Order()];
        Assert.Equal(names, second.GetFiles().Select(file => file.Name).Order());
        Assert.All(names, name => Assert.Equal(File.ReadAllBytes(Path.Combine(first.FullName, name)), File.ReadAllBytes(Path.Combine(second.FullName, name))));
        JsonElement[] lines = [.. File.ReadLines(Path.Combine(first.FullName, PictureSet.ListName)).Select(line => JsonDocument.Parse(line).RootElement)];
        Assert.Equal(["sign", "scene", "point", "sign", "scene", "point", "sign", "scene", "point"], lines.Select(line => line.GetProperty("kind").GetString()));
        Assert.All(lines, line =>
        {
            Assert.Contains(line.GetProperty("file").GetString(), names);
            Assert.NotEmpty(line.GetProperty("qa").EnumerateArray());
        });
    }

    [Fact]
    public void A_cancelled_set_has_no_list()
    {
        var options = new PictureSetOptions { Seed = 17, Count = 50, Fonts = PictureFonts.Required() };
        DirectoryInfo folder = Directory.CreateTempSubdirectory();
        using var cancel = new CancellationTokenSource();
        var progress = new CancelAfter(2, cancel);

        Assert.Throws<OperationCanceledException>(() => PictureSet.Write(options, folder.FullName, progress, cancel.Token));

        Assert.False(File.Exists(Path.Combine(folder.FullName, PictureSet.ListName)));
    }

    private sealed class CancelAfter(int pictures, CancellationTokenSource cancel) : IProgress<int>
    {
        public void Report(int value)
        {
            if (value == pictures) cancel.Cancel();
        }
    }
}
