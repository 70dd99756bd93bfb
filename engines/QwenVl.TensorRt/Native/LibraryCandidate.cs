namespace QwenVl.TensorRt.Native;

/// <summary>A file that may be the inference library, and why it is looked at.</summary>
internal readonly record struct LibraryCandidate(string Path, string Origin);
