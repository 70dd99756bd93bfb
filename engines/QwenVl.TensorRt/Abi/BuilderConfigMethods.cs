namespace QwenVl.TensorRt.Abi;

/// <summary>IBuilderConfig.</summary>
internal static class BuilderConfigMethods
{
    public static readonly Method SetAvgTimingIterations = new("IBuilderConfig::setAvgTimingIterations", 2, 2, 2, 2);
    public static readonly Method GetAvgTimingIterations = new("IBuilderConfig::getAvgTimingIterations", 3, 3, 3, 3);
    public static readonly Method ClearFlag = new("IBuilderConfig::clearFlag", 10, 8, 8, 8);
    public static readonly Method SetFlag = new("IBuilderConfig::setFlag", 11, 9, 9, 9);
    public static readonly Method GetFlag = new("IBuilderConfig::getFlag", 12, 10, 10, 10);
    public static readonly Method SetProfileStream = new("IBuilderConfig::setProfileStream", 23, 21, 21, 21);
    public static readonly Method AddOptimizationProfile = new("IBuilderConfig::addOptimizationProfile", 25, 23, 23, 23);
    public static readonly Method GetNbOptimizationProfiles = new("IBuilderConfig::getNbOptimizationProfiles", 26, 24, 24, 24);
    public static readonly Method SetProfilingVerbosity = new("IBuilderConfig::setProfilingVerbosity", 27, 25, 25, 25);
    public static readonly Method GetProfilingVerbosity = new("IBuilderConfig::getProfilingVerbosity", 28, 26, 26, 26);
    public static readonly Method CreateTimingCache = new("IBuilderConfig::createTimingCache", 40, 29, 29, 29);
    public static readonly Method SetTimingCache = new("IBuilderConfig::setTimingCache", 41, 30, 30, 30);
    public static readonly Method GetTimingCache = new("IBuilderConfig::getTimingCache", 42, 31, 31, 31);
    public static readonly Method SetMemoryPoolLimit = new("IBuilderConfig::setMemoryPoolLimit", 43, 32, 32, 32);
    public static readonly Method GetMemoryPoolLimit = new("IBuilderConfig::getMemoryPoolLimit", 44, 33, 33, 33);
    public static readonly Method SetBuilderOptimizationLevel = new("IBuilderConfig::setBuilderOptimizationLevel", 47, 36, 36, 36);
    public static readonly Method GetBuilderOptimizationLevel = new("IBuilderConfig::getBuilderOptimizationLevel", 48, 37, 37, 37);
    public static readonly Method SetHardwareCompatibilityLevel = new("IBuilderConfig::setHardwareCompatibilityLevel", 49, 38, 38, 38);
    public static readonly Method GetHardwareCompatibilityLevel = new("IBuilderConfig::getHardwareCompatibilityLevel", 50, 39, 39, 39);
    public static readonly Method SetMaxAuxStreams = new("IBuilderConfig::setMaxAuxStreams", 54, 43, 43, 43);
    public static readonly Method GetMaxAuxStreams = new("IBuilderConfig::getMaxAuxStreams", 55, 44, 44, 44);
    public static readonly Method SetProgressMonitor = new("IBuilderConfig::setProgressMonitor", 56, 45, 45, 45);
    public static readonly Method GetProgressMonitor = new("IBuilderConfig::getProgressMonitor", 57, 46, 46, 46);
    public static readonly Method SetMaxNbTactics = new("IBuilderConfig::setMaxNbTactics", 60, 49, 49, 49) { SinceMinor10 = 4 };
    public static readonly Method GetMaxNbTactics = new("IBuilderConfig::getMaxNbTactics", 61, 50, 50, 50) { SinceMinor10 = 4 };
    public static readonly Method SetTilingOptimizationLevel = new("IBuilderConfig::setTilingOptimizationLevel", 62, 51, 51, 51) { SinceMinor10 = 8 };
    public static readonly Method GetTilingOptimizationLevel = new("IBuilderConfig::getTilingOptimizationLevel", 63, 52, 52, 52) { SinceMinor10 = 8 };
    public static readonly Method SetNbComputeCapabilities = new("IBuilderConfig::setNbComputeCapabilities", -1, -1, 55, 55);
    public static readonly Method GetNbComputeCapabilities = new("IBuilderConfig::getNbComputeCapabilities", -1, -1, 56, 56);
    public static readonly Method SetComputeCapability = new("IBuilderConfig::setComputeCapability", -1, -1, 57, 57);
    public static readonly Method GetComputeCapability = new("IBuilderConfig::getComputeCapability", -1, -1, 58, 58);
}
