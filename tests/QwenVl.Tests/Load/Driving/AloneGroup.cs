namespace QwenVl.Tests.Load.Driving;

/// <summary>Tests that run when no others do.</summary>
[CollectionDefinition(DisableParallelization = true)]
public sealed class AloneGroup;
