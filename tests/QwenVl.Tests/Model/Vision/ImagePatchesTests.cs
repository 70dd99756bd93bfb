using System.Buffers;
using QwenVl.Model.Vision;

namespace QwenVl.Tests.Model.Vision;

public sealed class ImagePatchesTests
{
    private static readonly ImageGrid Grid = new(2, 2);

    [Fact]
    public void Memory_goes_back_with_the_last_handle_and_only_once()
    {
        var owner = new CountedOwner();
        var first = new ImagePatches(Grid, owner);
        ImagePatches second = first.Retain(), third = second.Retain();
        first.Dispose();
        first.Dispose();
        third.Dispose();
        third.Dispose();
        Assert.Equal(0, owner.Returns);
        Assert.Equal(Grid.Patches * ImageGrid.PatchLength, second.Values.Length);
        second.Dispose();
        second.Dispose();
        Assert.Equal(1, owner.Returns);
    }

    [Fact]
    public void A_handle_that_was_given_up_is_an_exception_and_not_somebody_elses_picture()
    {
        var patches = new ImagePatches(Grid, new CountedOwner());
        using ImagePatches other = patches.Retain();
        patches.Dispose();
        Assert.Throws<ObjectDisposedException>(() => patches.Values);
        Assert.Throws<ObjectDisposedException>(patches.Retain);
        Assert.Equal(Grid, patches.Grid);
        Assert.False(other.Values.IsEmpty);
    }

    [Fact]
    public async Task Handles_taken_and_given_up_on_many_threads_return_the_memory_once()
    {
        var owner = new CountedOwner();
        var patches = new ImagePatches(Grid, owner);
        await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => Task.Run(() =>
        {
            for (int i = 0; i < 1000; i++)
            {
                using ImagePatches mine = patches.Retain();
                using ImagePatches again = mine.Retain();
            }
        })));
        Assert.Equal(0, owner.Returns);
        patches.Dispose();
        Assert.Equal(1, owner.Returns);
    }

    private sealed class CountedOwner : IMemoryOwner<byte>
    {
        private readonly byte[] _bytes = new byte[2 * Grid.Patches * ImageGrid.PatchLength];
        private int _returns;

        public int Returns => Volatile.Read(ref _returns);

        public Memory<byte> Memory => _bytes;

        public void Dispose() => Interlocked.Increment(ref _returns);
    }
}
