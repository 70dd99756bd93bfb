namespace QwenVl.Engines.Graphs;

/// <summary>Where an initializer's bytes lie outside the graph's file.</summary>
/// <param name="Location">A path relative to the weights' folder, with forward slashes.</param>
/// <param name="Offset">Bytes from the start of the file.</param>
/// <param name="Length">Bytes.</param>
internal readonly record struct ExternalData(string Location, long Offset, long Length);
