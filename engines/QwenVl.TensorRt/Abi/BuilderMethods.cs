namespace QwenVl.TensorRt.Abi;

/// <summary>IBuilder.</summary>
internal static class BuilderMethods
{
    public static readonly Method CreateBuilderConfig = new("IBuilder::createBuilderConfig", 7, 5, 7, 5);
    public static readonly Method CreateNetworkV2 = new("IBuilder::createNetworkV2", 8, 6, 8, 6);
    public static readonly Method CreateOptimizationProfile = new("IBuilder::createOptimizationProfile", 9, 7, 9, 7);
    public static readonly Method BuildSerializedNetwork = new("IBuilder::buildSerializedNetwork", 14, 11, 14, 11);
    public static readonly Method IsNetworkSupported = new("IBuilder::isNetworkSupported", 15, 12, 15, 12);
    public static readonly Method SetMaxThreads = new("IBuilder::setMaxThreads", 17, 14, 17, 14);
    public static readonly Method GetMaxThreads = new("IBuilder::getMaxThreads", 18, 15, 18, 15);
    public static readonly Method BuildSerializedNetworkToStream = new("IBuilder::buildSerializedNetworkToStream", 21, 18, 20, 17) { SinceMinor10 = 13 };
}
