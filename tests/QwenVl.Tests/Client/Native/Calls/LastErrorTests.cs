using System.Text;
using FsCheck;
using FsCheck.Fluent;
using FsCheck.Xunit;
using QwenVl.Client.Native.Calls;

namespace QwenVl.Tests.Client.Native.Calls;

public sealed class LastErrorTests
{
    [Property]
    public Property A_text_is_cut_at_a_whole_character_and_always_ends(NonNull<string> text, PositiveInt capacity)
    {
        string said = string.Concat(text.Get.EnumerateRunes());
        LastError.Set(said);
        byte[] buffer = Enumerable.Repeat((byte)'x', capacity.Get).ToArray();

        int whole = LastError.CopyTo(buffer);

        int end = whole < buffer.Length ? whole : Array.LastIndexOf(buffer, (byte)0);
        string copied = Encoding.UTF8.GetString(buffer, 0, end);
        return (whole == Encoding.UTF8.GetByteCount(said) && buffer[end] == 0 && said.StartsWith(copied, StringComparison.Ordinal)).ToProperty();
    }

    [Fact]
    public async Task Each_thread_has_its_own()
    {
        LastError.Set("mine");

        int others = await Task.Factory.StartNew(() => LastError.CopyTo([]), CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);

        Assert.Equal(0, others);
    }
}
