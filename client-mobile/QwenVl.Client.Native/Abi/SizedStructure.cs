namespace QwenVl.Client.Native.Abi;

/// <summary>Reads a structure that begins with its own size, written by a program that may be older or newer than this library.</summary>
internal static unsafe class SizedStructure
{
    // No version will ever be larger; a number beyond it was never set.
    private const uint Largest = 4096;

    /// <summary>A copy; what an older program does not have is zero.</summary>
    /// <param name="data">The structure, at least its size.</param>
    /// <param name="name">What it is called in errors.</param>
    /// <param name="smallest">Bytes of its first version.</param>
    /// <exception cref="ArgumentException">It is null, its size cannot be right, or it asks for what this version does not know.</exception>
    public static T Read<T>(T* data, string name, uint smallest)
        where T : unmanaged
    {
        if (data is null) throw new ArgumentException($"{name} is NULL.");
        uint size = *(uint*)data, known = (uint)sizeof(T);
        if (size < smallest || size > Largest)
            throw new ArgumentException($"{name}.size is {size}: set it to sizeof({name}), which is {known} here.");
        var bytes = new ReadOnlySpan<byte>(data, (int)size);
        if (size > known && bytes[(int)known..].ContainsAnyExcept((byte)0))
            throw new ArgumentException($"{name} sets an option that this library does not know yet: it is {size} bytes long, here {known}. Update the library.");
        T copy = default;
        bytes[..(int)Math.Min(size, known)].CopyTo(new Span<byte>(&copy, (int)known));
        return copy;
    }
}
