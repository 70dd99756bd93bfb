namespace QwenVl.Client.Device;

/// <summary>Whether vision tower and decoder may lie in memory side by side.</summary>
/// <param name="visionBytes">The tower's weights.</param>
/// <param name="decoderBytes">The decoder's weights.</param>
/// <param name="budget">What both together may take; null for a quarter of what the process may have.</param>
internal sealed class EngineMemory(long visionBytes, long decoderBytes, long? budget)
{
    // What is left is the application's, and the system's, which ends applications that take too much.
    private const int DefaultShare = 4;

    /// <summary>Bytes that both engines' weights may take.</summary>
    public long Budget { get; } = budget ?? GC.GetGCMemoryInfo().TotalAvailableMemoryBytes / DefaultShare;

    /// <summary>Whether both fit.</summary>
    public bool HoldsBoth => visionBytes + decoderBytes <= Budget;
}
