using QwenVl.Client.Native.Abi;

namespace QwenVl.Client.Native.Calls;

/// <summary>The wall between managed code and its callers: no exception passes it.</summary>
internal static class EntryPoint
{
    /// <summary>Runs a function's body.</summary>
    /// <returns>Its status; what went wrong is this thread's last error.</returns>
    public static NativeStatus Run(Action body)
    {
        try
        {
            body();
            return NativeStatus.Ok;
        }
#pragma warning disable CA1031 // a managed exception that crosses into C ends the process
        catch (Exception error)
#pragma warning restore CA1031
        {
            LastError.Set(error.Message);
            return StatusOf.Exception(error);
        }
    }

    /// <summary>Waits for work that completes on other threads.</summary>
    /// <exception cref="TimeoutException">It took longer.</exception>
    public static void Wait(Task task, TimeSpan limit)
    {
        // The awaiter throws the error itself, where waiting would wrap it.
#pragma warning disable VSTHRD002 // a C caller's thread has no synchronisation context that the task could need
        task.WaitAsync(limit).GetAwaiter().GetResult();
#pragma warning restore VSTHRD002
    }
}
