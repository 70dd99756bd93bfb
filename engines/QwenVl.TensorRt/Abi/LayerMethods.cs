namespace QwenVl.TensorRt.Abi;

/// <summary>ILayer.</summary>
internal static class LayerMethods
{
    public static readonly Method GetName = new("ILayer::getName", 4, 4, 4, 4);
    public static readonly Method GetNbInputs = new("ILayer::getNbInputs", 5, 5, 5, 5);
    public static readonly Method GetInput = new("ILayer::getInput", 6, 6, 6, 6);
    public static readonly Method GetNbOutputs = new("ILayer::getNbOutputs", 7, 7, 7, 7);
    public static readonly Method GetOutput = new("ILayer::getOutput", 8, 8, 8, 8);
    public static readonly Method GetMetadata = new("ILayer::getMetadata", 19, 12, 19, 12);
}
