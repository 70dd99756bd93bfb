using QwenVl.Client.Native.Abi;

namespace QwenVl.Client.Native.Calls;

/// <summary>Whether this thread is within a callback, where waiting could wait for itself.</summary>
internal static class CallbackScope
{
    [ThreadStatic]
    private static bool _within;

    /// <summary>Whether this thread is one.</summary>
    public static bool IsWithin => _within;

    /// <summary>Marks this thread as an answer's own: all that it runs of the caller's are callbacks.</summary>
    public static void Enter() => _within = true;

    /// <summary>Refuses a function that waits.</summary>
    /// <exception cref="NativeCallException">This is a callback's thread.</exception>
    public static void RequireOutside(string function)
    {
        if (_within) throw new NativeCallException(NativeStatus.WrongThread, $"{function} waits, and must not be called from within a callback: call it from another thread.");
    }
}
