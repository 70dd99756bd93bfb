using QwenVl.Model.Vision;

namespace QwenVl.Client.Images;

/// <summary>
/// What a vision tower computed from one picture for the device's decoder, to be kept and asked about again without a
/// connection. Immutable; safe for concurrent use.
/// </summary>
/// <param name="CheckpointFingerprint">The checkpoint they belong to, lower-case hexadecimal.</param>
/// <param name="PreprocessingVersion">The recipe by which the picture was prepared.</param>
/// <param name="ImageSha256">32 bytes: of which encoded picture.</param>
/// <param name="Features">The rows.</param>
public sealed record CloudFeatures(string CheckpointFingerprint, string PreprocessingVersion, ReadOnlyMemory<byte> ImageSha256, ImageFeatures Features);
