using QwenVl.Model.Execution;

namespace QwenVl.Runtime.Encoding;

/// <summary>A batch under way.</summary>
/// <param name="Jobs">Its pictures.</param>
/// <param name="Pending">The tower's side of it.</param>
/// <param name="Start">When it was started.</param>
internal sealed record EncodeRun(IReadOnlyList<EncodeJob> Jobs, IPendingEncode Pending, TimeSpan Start);
