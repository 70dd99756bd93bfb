using QwenVl.Model.Execution;

namespace QwenVl.Engines.Tool.Verification.Parity;

/// <summary>One side of the comparison: a checkpoint's tower and decoder on one runtime. Owns neither.</summary>
internal sealed record EngineSide(IVisionEncoder Encoder, ITextDecoder Decoder);
