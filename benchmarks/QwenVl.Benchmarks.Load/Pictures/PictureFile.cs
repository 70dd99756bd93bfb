namespace QwenVl.Benchmarks.Load.Pictures;

/// <summary>A file as it is sent.</summary>
/// <param name="Bytes">A JPEG.</param>
/// <param name="Md5">16 bytes.</param>
/// <param name="Sha256">32 bytes.</param>
internal sealed record PictureFile(byte[] Bytes, byte[] Md5, byte[] Sha256);
