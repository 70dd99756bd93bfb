namespace QwenVl.Client.Answers;

/// <summary>Who wants an answer to pause; it goes on when nobody does.</summary>
[Flags]
internal enum PauseReasons
{
    None = 0,

    /// <summary>The answer's own <see cref="Answer.PauseAsync"/>.</summary>
    Answer = 1,

    /// <summary>The client's <see cref="QwenVlClient.SuspendAsync"/>.</summary>
    Client = 2,
}
