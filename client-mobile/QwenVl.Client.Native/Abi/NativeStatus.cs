namespace QwenVl.Client.Native.Abi;

/// <summary>What an entry point answers; the numbers of the header.</summary>
internal enum NativeStatus
{
    Ok = 0,
    InvalidArgument = 1,
    NotConnected = 2,
    ConnectionFailed = 3,
    ConnectionLost = 4,
    ProtocolViolation = 5,
    VersionMismatch = 6,
    CheckpointMismatch = 7,
    TokenizerMismatch = 8,
    FeaturesMismatch = 9,
    ImageUnreadable = 10,
    ImageTooLarge = 11,
    PromptTooLong = 12,
    LimitExceeded = 13,
    Unauthenticated = 14,
    NoDeviceEngines = 15,
    DeviceFailed = 16,
    Timeout = 17,
    ServerFailed = 18,
    LocalOnly = 19,
    Cancelled = 100,
    InvalidHandle = 101,
    WrongThread = 102,
    Failed = 199,
}
