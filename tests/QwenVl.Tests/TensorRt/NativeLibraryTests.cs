namespace QwenVl.Tests.TensorRt;

/// <summary>Tests that call NVIDIA's libraries run one after the other: their log is the process's, and memory is measured.</summary>
[CollectionDefinition(Name, DisableParallelization = true)]
public sealed class NativeLibraryTests
{
    public const string Name = "NVIDIA's libraries";
}
