namespace QwenVl.TensorRt.Abi;

/// <summary>INetworkDefinition.</summary>
internal static class NetworkMethods
{
    public static readonly Method MarkOutput = new("INetworkDefinition::markOutput", 3, 3, 3, 3);
    public static readonly Method GetNbLayers = new("INetworkDefinition::getNbLayers", 12, 12, 12, 12);
    public static readonly Method GetLayer = new("INetworkDefinition::getLayer", 13, 13, 13, 13);
    public static readonly Method GetNbInputs = new("INetworkDefinition::getNbInputs", 14, 14, 14, 14);
    public static readonly Method GetInput = new("INetworkDefinition::getInput", 15, 15, 15, 15);
    public static readonly Method GetNbOutputs = new("INetworkDefinition::getNbOutputs", 16, 16, 16, 16);
    public static readonly Method GetOutput = new("INetworkDefinition::getOutput", 17, 17, 17, 17);
    public static readonly Method UnmarkOutput = new("INetworkDefinition::unmarkOutput", 26, 26, 26, 26);
    public static readonly Method SetName = new("INetworkDefinition::setName", 30, 30, 28, 28);
    public static readonly Method GetName = new("INetworkDefinition::getName", 31, 31, 29, 29);
    public static readonly Method GetFlags = new("INetworkDefinition::getFlags", 64, 61, 60, 59) { TensorRt1080 = 65 };
}
