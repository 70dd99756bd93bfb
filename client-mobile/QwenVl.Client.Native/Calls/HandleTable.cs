using System.Collections.Concurrent;
using System.Diagnostics.CodeAnalysis;
using QwenVl.Client.Native.Abi;

namespace QwenVl.Client.Native.Calls;

/// <summary>Numbers for objects of one kind. No number is given twice, so that one that was freed is known to be.</summary>
/// <param name="kind">In the upper byte of each number, over 0: a number of another kind is not found here.</param>
internal sealed class HandleTable<T>(byte kind)
    where T : class
{
    private const int KindShift = 56;
    private const string Prefix = "Native";

    private readonly ConcurrentDictionary<ulong, T> _objects = new();
    private readonly ulong _kind = (ulong)kind << KindShift;
    private ulong _last;

    /// <summary>Gives an object its number.</summary>
    public ulong Add(T value)
    {
        ulong handle = _kind | Interlocked.Increment(ref _last);
        _objects[handle] = value;
        return handle;
    }

    /// <summary>The object of a number.</summary>
    /// <exception cref="NativeCallException">There is none (any more).</exception>
    public T Get(ulong handle) => _objects.TryGetValue(handle, out T? value) ? value : throw Unknown(handle);

    /// <summary>The object of a number, where there is one.</summary>
    public bool TryGet(ulong handle, [NotNullWhen(true)] out T? value) => _objects.TryGetValue(handle, out value);

    /// <summary>Takes a number out of use: of several threads that free it one gets the object.</summary>
    /// <exception cref="NativeCallException">There is none (any more).</exception>
    public T Remove(ulong handle) => _objects.TryRemove(handle, out T? value) ? value : throw Unknown(handle);

    private static NativeCallException Unknown(ulong handle) =>
        new(NativeStatus.InvalidHandle, $"0x{handle:x} is no {typeof(T).Name[Prefix.Length..].ToLowerInvariant()}: it was freed before, or never was one.");
}
