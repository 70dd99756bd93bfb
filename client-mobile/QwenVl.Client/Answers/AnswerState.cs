namespace QwenVl.Client.Answers;

/// <summary>Where an answer stands.</summary>
public enum AnswerState
{
    /// <summary>The question is on its way to the server.</summary>
    Asking,

    /// <summary>The server writes, or computes features.</summary>
    CloudWriting,

    /// <summary>The server writes, and the device has asked to go on from here.</summary>
    TakingOver,

    /// <summary>The device writes.</summary>
    DeviceWriting,

    /// <summary>The server cannot be reached or cannot go on; whoever can goes on soon.</summary>
    Reconnecting,

    /// <summary>Nothing is computed until the answer is resumed.</summary>
    Paused,

    /// <summary>The answer is complete.</summary>
    Finished,

    /// <summary>The answer ended with an error; its tokens so far are right.</summary>
    Failed,

    /// <summary>The answer was cancelled or disposed before its end.</summary>
    GivenUp,
}
