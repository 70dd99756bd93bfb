namespace QwenVl.Runtime.Decoding;

/// <summary>Why a generation ended.</summary>
public enum GenerationEnd
{
    /// <summary>The model wrote a stop token.</summary>
    Stop,

    /// <summary>The most tokens asked for.</summary>
    Length,

    /// <summary>The client goes on.</summary>
    TakenOver,
}
