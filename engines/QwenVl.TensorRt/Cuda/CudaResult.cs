namespace QwenVl.TensorRt.Cuda;

/// <summary>Results of the CUDA driver (CUresult) that callers tell apart; others keep their number.</summary>
public enum CudaResult
{
    /// <summary>CUDA_SUCCESS.</summary>
    Success = 0,

    /// <summary>CUDA_ERROR_INVALID_VALUE: an argument is out of the range that the call accepts.</summary>
    InvalidValue = 1,

    /// <summary>CUDA_ERROR_OUT_OF_MEMORY: the device, or for pinned memory the host, has too little free memory.</summary>
    OutOfMemory = 2,

    /// <summary>CUDA_ERROR_NOT_INITIALIZED: the driver was not initialised.</summary>
    NotInitialized = 3,

    /// <summary>CUDA_ERROR_DEINITIALIZED: the driver is shutting down with the process.</summary>
    Deinitialized = 4,

    /// <summary>CUDA_ERROR_STUB_LIBRARY: the library found is the toolkit's stub for linking, not the driver.</summary>
    StubLibrary = 34,

    /// <summary>CUDA_ERROR_DEVICE_UNAVAILABLE: another process holds the device exclusively.</summary>
    DeviceUnavailable = 46,

    /// <summary>CUDA_ERROR_NO_DEVICE: the driver sees no device.</summary>
    NoDevice = 100,

    /// <summary>CUDA_ERROR_INVALID_DEVICE: there is no device of that number.</summary>
    InvalidDevice = 101,

    /// <summary>CUDA_ERROR_INVALID_CONTEXT: no context, or a wrong one, is current on the thread.</summary>
    InvalidContext = 201,

    /// <summary>CUDA_ERROR_ECC_UNCORRECTABLE: memory of the device is damaged; the context is lost.</summary>
    EccUncorrectable = 214,

    /// <summary>CUDA_ERROR_INVALID_HANDLE: a stream, event or graph that the driver does not know.</summary>
    InvalidHandle = 400,

    /// <summary>CUDA_ERROR_ILLEGAL_STATE: what the call works on is in a state that does not allow it.</summary>
    IllegalState = 401,

    /// <summary>CUDA_ERROR_NOT_READY: work that was asked about has not ended; not a failure.</summary>
    NotReady = 600,

    /// <summary>CUDA_ERROR_ILLEGAL_ADDRESS: a kernel or copy touched memory that is not there; the context is lost.</summary>
    IllegalAddress = 700,

    /// <summary>CUDA_ERROR_LAUNCH_TIMEOUT: a kernel took too long; the context is lost.</summary>
    LaunchTimeout = 702,

    /// <summary>CUDA_ERROR_CONTEXT_IS_DESTROYED: the context has been destroyed.</summary>
    ContextIsDestroyed = 709,

    /// <summary>CUDA_ERROR_ASSERT: an assertion in a kernel failed; the context is lost.</summary>
    Assert = 710,

    /// <summary>CUDA_ERROR_HARDWARE_STACK_ERROR: the device's call stack is corrupt; the context is lost.</summary>
    HardwareStackError = 714,

    /// <summary>CUDA_ERROR_ILLEGAL_INSTRUCTION: a kernel ran an instruction that is none; the context is lost.</summary>
    IllegalInstruction = 715,

    /// <summary>CUDA_ERROR_MISALIGNED_ADDRESS: a kernel read or wrote at an address not aligned; the context is lost.</summary>
    MisalignedAddress = 716,

    /// <summary>CUDA_ERROR_INVALID_ADDRESS_SPACE: a kernel used an address of the wrong kind; the context is lost.</summary>
    InvalidAddressSpace = 717,

    /// <summary>CUDA_ERROR_INVALID_PC: a kernel jumped to where no code is; the context is lost.</summary>
    InvalidPc = 718,

    /// <summary>CUDA_ERROR_LAUNCH_FAILED: a kernel ended for an unknown reason; the context is lost.</summary>
    LaunchFailed = 719,

    /// <summary>CUDA_ERROR_NOT_PERMITTED: the call is not allowed in this state.</summary>
    NotPermitted = 800,

    /// <summary>CUDA_ERROR_NOT_SUPPORTED: this device or system cannot do it.</summary>
    NotSupported = 801,

    /// <summary>CUDA_ERROR_SYSTEM_NOT_READY: the system is not started up, for instance the fabric manager does not run.</summary>
    SystemNotReady = 802,

    /// <summary>CUDA_ERROR_SYSTEM_DRIVER_MISMATCH: the library and the kernel module are of different versions.</summary>
    SystemDriverMismatch = 803,

    /// <summary>CUDA_ERROR_STREAM_CAPTURE_UNSUPPORTED: the call is not allowed while a stream is captured.</summary>
    StreamCaptureUnsupported = 900,

    /// <summary>CUDA_ERROR_STREAM_CAPTURE_INVALIDATED: an earlier call has spoilt the capture.</summary>
    StreamCaptureInvalidated = 901,

    /// <summary>CUDA_ERROR_STREAM_CAPTURE_UNJOINED: another stream was drawn into the capture and never joined again.</summary>
    StreamCaptureUnjoined = 904,

    /// <summary>CUDA_ERROR_STREAM_CAPTURE_ISOLATION: the capture depends on work outside of it.</summary>
    StreamCaptureIsolation = 905,

    /// <summary>CUDA_ERROR_STREAM_CAPTURE_WRONG_THREAD: a capture is ended by another thread than began it.</summary>
    StreamCaptureWrongThread = 908,

    /// <summary>CUDA_ERROR_GRAPH_EXEC_UPDATE_FAILURE: the new graph differs in what an update cannot change.</summary>
    GraphExecUpdateFailure = 910,

    /// <summary>CUDA_ERROR_UNKNOWN: the driver does not say; the context is to be taken as lost.</summary>
    Unknown = 999,
}
