namespace QwenVl.TensorRt.Abi;

/// <summary>IRuntime.</summary>
internal static class RuntimeMethods
{
    public static readonly Method DeserializeCudaEngine = new("IRuntime::deserializeCudaEngine", 3, 3, 3, 3);
    public static readonly Method SetMaxThreads = new("IRuntime::setMaxThreads", 12, 11, 12, 11);
    public static readonly Method GetMaxThreads = new("IRuntime::getMaxThreads", 13, 12, 13, 12);
    public static readonly Method SetTemporaryDirectory = new("IRuntime::setTemporaryDirectory", 14, 13, 14, 13);
    public static readonly Method GetTemporaryDirectory = new("IRuntime::getTemporaryDirectory", 15, 14, 15, 14);
    public static readonly Method SetEngineHostCodeAllowed = new("IRuntime::setEngineHostCodeAllowed", 21, 20, 21, 20);
    public static readonly Method GetEngineHostCodeAllowed = new("IRuntime::getEngineHostCodeAllowed", 22, 21, 22, 21);
    public static readonly Method DeserializeCudaEngineV2 = new("IRuntime::deserializeCudaEngine(IStreamReaderV2)", 23, 22, 23, 22) { SinceMinor10 = 7 };
    public static readonly Method GetEngineHeaderSize = new("IRuntime::getEngineHeaderSize", -1, -1, 24, 23);
    public static readonly Method GetEngineValidity = new("IRuntime::getEngineValidity", -1, -1, 25, 24);
}
