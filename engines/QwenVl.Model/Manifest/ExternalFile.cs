namespace QwenVl.Model.Manifest;

/// <summary>A file outside an engine's folder that its graphs read weights from.</summary>
/// <param name="Path">An absolute path.</param>
/// <param name="Length">Bytes it had when the engine was built.</param>
public sealed record ExternalFile(string Path, long Length);
