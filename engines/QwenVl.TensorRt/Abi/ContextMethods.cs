namespace QwenVl.TensorRt.Abi;

/// <summary>IExecutionContext. Slots from 53 on in TensorRT-RTX 1.3 and 1.4 are uncertain and not used.</summary>
internal static class ContextMethods
{
    public static readonly Method SetName = new("IExecutionContext::setName", 8, 8, 8, 8);
    public static readonly Method GetName = new("IExecutionContext::getName", 9, 9, 9, 9);
    public static readonly Method GetOptimizationProfile = new("IExecutionContext::getOptimizationProfile", 11, 11, 11, 11);
    public static readonly Method AllInputDimensionsSpecified = new("IExecutionContext::allInputDimensionsSpecified", 12, 12, 12, 12);
    public static readonly Method SetOptimizationProfileAsync = new("IExecutionContext::setOptimizationProfileAsync", 17, 16, 17, 16);
    public static readonly Method SetInputShape = new("IExecutionContext::setInputShape", 21, 20, 21, 20);
    public static readonly Method GetTensorShape = new("IExecutionContext::getTensorShape", 22, 21, 22, 21);
    public static readonly Method GetTensorStrides = new("IExecutionContext::getTensorStrides", 23, 22, 23, 22);
    public static readonly Method SetTensorAddress = new("IExecutionContext::setTensorAddress", 24, 23, 24, 23);
    public static readonly Method GetTensorAddress = new("IExecutionContext::getTensorAddress", 25, 24, 25, 24);
    public static readonly Method InferShapes = new("IExecutionContext::inferShapes", 28, 27, 28, 27);
    public static readonly Method SetInputConsumedEvent = new("IExecutionContext::setInputConsumedEvent", 29, 28, 29, 28);
    public static readonly Method GetMaxOutputSize = new("IExecutionContext::getMaxOutputSize", 34, 33, 34, 33);
    public static readonly Method EnqueueV3 = new("IExecutionContext::enqueueV3", 37, 36, 37, 36);
    public static readonly Method SetAuxStreams = new("IExecutionContext::setAuxStreams", 42, 41, 42, 41);
    public static readonly Method UpdateDeviceMemorySizeForShapes = new("IExecutionContext::updateDeviceMemorySizeForShapes", 48, 47, 48, 47) { SinceMinor10 = 1 };
    public static readonly Method SetDeviceMemoryV2 = new("IExecutionContext::setDeviceMemoryV2", 49, 48, 49, 48) { SinceMinor10 = 1 };
    public static readonly Method IsStreamCapturable = new("IExecutionContext::isStreamCapturable", -1, -1, -1, 52);
}
