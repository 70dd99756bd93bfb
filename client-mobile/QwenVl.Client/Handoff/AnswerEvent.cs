namespace QwenVl.Client.Handoff;

/// <summary>What moves an answer from one state to the next.</summary>
internal enum AnswerEvent
{
    /// <summary>The question has been sent.</summary>
    Asked,

    /// <summary>The device has caught up and asked to take over.</summary>
    TakeOverRequested,

    /// <summary>The server's part has ended as it should, and the device goes on.</summary>
    HandedOver,

    /// <summary>The stream broke, or the server cannot go on now.</summary>
    ServerLost,

    /// <summary>The device has the features: it goes on by itself.</summary>
    DeviceGoesOn,

    /// <summary>The server is asked (again) to go on from the next token.</summary>
    AskAgain,

    /// <summary>The device's engines failed: the server is asked to go on.</summary>
    DeviceFailed,

    /// <summary>The app asked for a pause.</summary>
    Paused,

    /// <summary>The last token has been written.</summary>
    Completed,

    /// <summary>Nobody can go on.</summary>
    Failed,

    /// <summary>The caller wants no answer any longer.</summary>
    GivenUp,
}
