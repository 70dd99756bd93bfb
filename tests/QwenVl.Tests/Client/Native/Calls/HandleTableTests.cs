using QwenVl.Client.Native.Abi;
using QwenVl.Client.Native.Calls;

namespace QwenVl.Tests.Client.Native.Calls;

public sealed class HandleTableTests
{
    [Fact]
    public void A_number_that_was_freed_is_never_given_again()
    {
        var table = new HandleTable<NativeThing>(kind: 1);
        var given = new HashSet<ulong>();
        for (int i = 0; i < 100; i++)
        {
            ulong handle = table.Add(new NativeThing());
            Assert.True(given.Add(handle));
            table.Remove(handle);
            Assert.Equal(NativeStatus.InvalidHandle, Assert.Throws<NativeCallException>(() => table.Get(handle)).Status);
        }
    }

    [Fact]
    public void A_number_of_another_kind_is_not_found()
    {
        var one = new HandleTable<NativeThing>(kind: 1);
        var other = new HandleTable<NativeThing>(kind: 2);
        ulong handle = one.Add(new NativeThing());
        other.Add(new NativeThing());

        Assert.False(other.TryGet(handle, out _));
        Assert.Contains("is no thing", Assert.Throws<NativeCallException>(() => other.Get(handle)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Of_many_threads_that_free_one_number_one_gets_the_object()
    {
        var table = new HandleTable<NativeThing>(kind: 1);
        ulong handle = table.Add(new NativeThing());
        int freed = 0;

        Parallel.For(0, 16, _ =>
        {
            try
            {
                table.Remove(handle);
                Interlocked.Increment(ref freed);
            }
            catch (NativeCallException)
            {
                // Another one was first.
            }
        });

        Assert.Equal(1, freed);
    }

    private sealed class NativeThing;
}
