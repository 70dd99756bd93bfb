namespace QwenVl.TensorRt.Abi;

/// <summary>ITensor.</summary>
internal static class TensorMethods
{
    public static readonly Method SetName = new("ITensor::setName", 2, 2, 2, 2);
    public static readonly Method GetName = new("ITensor::getName", 3, 3, 3, 3);
    public static readonly Method GetDimensions = new("ITensor::getDimensions", 5, 5, 5, 5);
    public static readonly Method GetTensorType = new("ITensor::getType", 7, 6, 7, 6);
    public static readonly Method IsNetworkInput = new("ITensor::isNetworkInput", 9, 7, 8, 7);
    public static readonly Method IsNetworkOutput = new("ITensor::isNetworkOutput", 10, 8, 9, 8);
    public static readonly Method IsShapeTensor = new("ITensor::isShapeTensor", 21, 15, 12, 11);
    public static readonly Method GetDimensionName = new("ITensor::getDimensionName", 24, 18, 15, 14);
}
