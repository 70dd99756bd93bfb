namespace QwenVl.TensorRt.Execution;

/// <summary>Who gives a context its device memory; the numbers are TensorRT's own.</summary>
public enum ContextMemory
{
    /// <summary>Allocated with the context, enough for any profile.</summary>
    Static = 0,

    /// <summary>Allocated anew when the profile changes, enough for that one.</summary>
    OnProfileChange = 1,

    /// <summary>Given by the caller, who can share it between contexts that never run at once.</summary>
    UserManaged = 2,
}
