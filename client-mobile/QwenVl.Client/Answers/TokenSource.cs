namespace QwenVl.Client.Answers;

/// <summary>Who wrote a token.</summary>
public enum TokenSource
{
    /// <summary>The large model on the server.</summary>
    Cloud,

    /// <summary>The device's own decoder.</summary>
    Device,
}
