namespace QwenVl.Model.Features;

/// <summary>How feature rows are written for the wire. Values are those of the protocol.</summary>
public enum FeatureEncoding
{
    /// <summary>IEEE halves, little endian: 2 bytes a number.</summary>
    Float16 = 1,

    /// <summary>A signed byte a number, and a half for each row; value = byte x half.</summary>
    Int8Row = 2,

    /// <summary>Four bits a number, and a half for each group of 32 numbers of a row; value = (bits - 8) x half.</summary>
    Int4Group = 3,
}
