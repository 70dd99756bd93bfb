namespace QwenVl.Client.Transport;

/// <summary>How the server's part of an answer ended.</summary>
internal enum CloudEnd
{
    /// <summary>It has not.</summary>
    None,

    /// <summary>The large model ended the answer.</summary>
    Stopped,

    /// <summary>The answer is as long as it may be.</summary>
    Length,

    /// <summary>Only features were asked for, and all have been sent.</summary>
    FeaturesOnly,

    /// <summary>The device goes on from here.</summary>
    HandedOff,

    /// <summary>The stream broke.</summary>
    Lost,

    /// <summary>The question failed.</summary>
    Failed,
}
