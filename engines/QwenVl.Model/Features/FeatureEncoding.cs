namespace QwenVl.Model.Features;

/// <summary>How feature rows are written for the wire. Values are those of the protocol.</summary>
public enum FeatureEncoding
{
    /// <summary>IEEE halves, little endian: [1 + taps, tokens, width].</summary>
    Float16 = 1,

    /// <summary>For each plane tokens x width signed bytes, then one half a row; value = byte x half.</summary>
    Int8Row = 2,
}
