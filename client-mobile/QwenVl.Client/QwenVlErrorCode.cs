namespace QwenVl.Client;

/// <summary>What went wrong, for programs; the exception's message is for people.</summary>
public enum QwenVlErrorCode
{
    /// <summary>An argument, an option or the prompt is out of range.</summary>
    InvalidArgument,

    /// <summary>There was no connection yet: call <see cref="QwenVlClient.ConnectAsync"/> first.</summary>
    NotConnected,

    /// <summary>The server could not be reached, or did not say welcome in time.</summary>
    ConnectionFailed,

    /// <summary>The stream broke while it was in use, and could not be opened again in time.</summary>
    ConnectionLost,

    /// <summary>The other side broke the protocol: a gap, a wrong checksum, an impossible size.</summary>
    ProtocolViolation,

    /// <summary>Client and server speak different versions of the protocol.</summary>
    VersionMismatch,

    /// <summary>The server has no vision tower of the checkpoint that the device decodes with.</summary>
    CheckpointMismatch,

    /// <summary>Server and device use different tokenizers, so tokens cannot be handed over.</summary>
    TokenizerMismatch,

    /// <summary>Features belong to another checkpoint, recipe or picture.</summary>
    FeaturesMismatch,

    /// <summary>The picture is no picture, is damaged, or has impossible sides.</summary>
    ImageUnreadable,

    /// <summary>The picture has more bytes or pixels than are accepted.</summary>
    ImageTooLarge,

    /// <summary>Prompt and picture do not fit the context.</summary>
    PromptTooLong,

    /// <summary>The server is at one of its limits: try again later.</summary>
    LimitExceeded,

    /// <summary>The server asks for a key, and <see cref="QwenVlClientOptions.ApiKey"/> is none that it knows.</summary>
    Unauthenticated,

    /// <summary>Privacy keeps this on the device, and without sending it it cannot be done.</summary>
    LocalOnly,

    /// <summary>This route needs engines on the device, and there are none.</summary>
    NoDeviceEngines,

    /// <summary>The device's own engines failed.</summary>
    DeviceFailed,

    /// <summary>Something took longer than its time-out.</summary>
    Timeout,

    /// <summary>The server failed at this question.</summary>
    ServerFailed,
}
