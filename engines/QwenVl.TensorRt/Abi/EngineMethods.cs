namespace QwenVl.TensorRt.Abi;

/// <summary>ICudaEngine.</summary>
internal static class EngineMethods
{
    public static readonly Method GetNbLayers = new("ICudaEngine::getNbLayers", 3, 3, 3, 3);
    public static readonly Method Serialize = new("ICudaEngine::serialize", 4, 4, 4, 4);
    public static readonly Method CreateExecutionContext = new("ICudaEngine::createExecutionContext", 5, 5, 5, 5);
    public static readonly Method IsRefittable = new("ICudaEngine::isRefittable", 8, 6, 6, 6);
    public static readonly Method GetName = new("ICudaEngine::getName", 9, 7, 7, 7);
    public static readonly Method GetNbOptimizationProfiles = new("ICudaEngine::getNbOptimizationProfiles", 10, 8, 8, 8);
    public static readonly Method GetProfilingVerbosity = new("ICudaEngine::getProfilingVerbosity", 17, 13, 15, 13);
    public static readonly Method CreateEngineInspector = new("ICudaEngine::createEngineInspector", 18, 14, 16, 14);
    public static readonly Method GetTensorShape = new("ICudaEngine::getTensorShape", 19, 15, 17, 15);
    public static readonly Method GetTensorDataType = new("ICudaEngine::getTensorDataType", 20, 16, 18, 16);
    public static readonly Method GetTensorLocation = new("ICudaEngine::getTensorLocation", 21, 17, 19, 17);
    public static readonly Method IsShapeInferenceIO = new("ICudaEngine::isShapeInferenceIO", 22, 18, 20, 18);
    public static readonly Method GetTensorIOMode = new("ICudaEngine::getTensorIOMode", 23, 19, 21, 19);
    public static readonly Method GetTensorVectorizedDim = new("ICudaEngine::getTensorVectorizedDim", 28, 24, 26, 24);
    public static readonly Method GetProfileShape = new("ICudaEngine::getProfileShape", 29, 25, 27, 25);
    public static readonly Method GetNbIOTensors = new("ICudaEngine::getNbIOTensors", 30, 26, 28, 26);
    public static readonly Method GetIOTensorName = new("ICudaEngine::getIOTensorName", 31, 27, 29, 27);
    public static readonly Method GetHardwareCompatibilityLevel = new("ICudaEngine::getHardwareCompatibilityLevel", 32, 28, 30, 28);
    public static readonly Method GetNbAuxStreams = new("ICudaEngine::getNbAuxStreams", 33, 29, 31, 29);
    public static readonly Method GetDeviceMemorySizeV2 = new("ICudaEngine::getDeviceMemorySizeV2", 52, 44, 50, 44) { SinceMinor10 = 1 };
    public static readonly Method GetDeviceMemorySizeForProfileV2 = new("ICudaEngine::getDeviceMemorySizeForProfileV2", 53, 45, 51, 45) { SinceMinor10 = 1 };
    public static readonly Method CreateExecutionContextWithRuntimeConfig = new("ICudaEngine::createExecutionContext(IRuntimeConfig)", 55, 47, 53, 47) { SinceMinor10 = 11 };
    public static readonly Method CreateRuntimeConfig = new("ICudaEngine::createRuntimeConfig", 56, 48, 54, 48) { SinceMinor10 = 11 };
    public static readonly Method GetAliasedInputTensor = new("ICudaEngine::getAliasedInputTensor", 58, 50, 56, 50) { SinceMinor10 = 15 };
}
