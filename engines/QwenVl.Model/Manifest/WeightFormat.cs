#pragma warning disable CA1720 // Number formats are called what they are.
namespace QwenVl.Model.Manifest;

/// <summary>How the weights of an engine's linear layers are held.</summary>
public enum WeightFormat
{
    /// <summary>Computed in float32; the checkpoint's bytes are used where they lie.</summary>
    Float32,

    /// <summary>Computed in bfloat16 with float32 norms, rotations and softmax; the checkpoint's bytes are used where they lie.</summary>
    BFloat16,

    /// <summary>Eight bits in blocks of 128.</summary>
    Int8,

    /// <summary>Four bits in blocks of 32: finer and larger.</summary>
    Int4Block32,

    /// <summary>Four bits in blocks of 128: coarser and faster.</summary>
    Int4Block128,

    /// <summary>Eight bits with a scale for each output, and activations rounded to eight bits while the graph runs: for vision towers, the fastest on a CPU.</summary>
    Int8Dynamic,
}
