using QwenVl.Engines.Plans;
using QwenVl.Tests.Infrastructure;

namespace QwenVl.Tests.Engines.Plans;

public sealed class TimingCacheFileTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    [Fact]
    public void A_file_is_replaced_whole_and_its_folder_made()
    {
        string path = _folder.File("new", "timings");
        Assert.Null(TimingCacheFile.Read(path));

        TimingCacheFile.Write(path, file => file.Write([1, 2, 3]));
        TimingCacheFile.Write(path, file => file.Write([4]));

        Assert.Equal([4], TimingCacheFile.Read(path)!);
        Assert.Equal([path], Directory.GetFiles(_folder.File("new")));
    }

    [Fact]
    public void What_cannot_be_written_leaves_the_file_as_it_was()
    {
        string path = _folder.File("timings");
        TimingCacheFile.Write(path, file => file.Write([1]));

        Assert.Throws<IOException>(() => TimingCacheFile.Write(path, file =>
        {
            file.WriteByte(9);
            throw new IOException("the disk is full");
        }));

        Assert.Equal([1], TimingCacheFile.Read(path)!);
        Assert.Equal([path], Directory.GetFiles(_folder.Path));
    }

    public void Dispose() => _folder.Dispose();
}
