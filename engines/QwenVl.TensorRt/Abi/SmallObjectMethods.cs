namespace QwenVl.TensorRt.Abi;

/// <summary>IHostMemory.</summary>
internal static class HostMemoryMethods
{
    public static readonly Method Data = new("IHostMemory::data", 2, 2, 2, 2);
    public static readonly Method Size = new("IHostMemory::size", 3, 3, 3, 3);
}

/// <summary>ITimingCache.</summary>
internal static class TimingCacheMethods
{
    public static readonly Method Serialize = new("ITimingCache::serialize", 2, 2, 2, 2);
    public static readonly Method Combine = new("ITimingCache::combine", 3, 3, 3, 3);
    public static readonly Method Reset = new("ITimingCache::reset", 4, 4, 4, 4);
}

/// <summary>IEngineInspector.</summary>
internal static class EngineInspectorMethods
{
    public static readonly Method SetExecutionContext = new("IEngineInspector::setExecutionContext", 3, 3, 3, 3);
    public static readonly Method GetLayerInformation = new("IEngineInspector::getLayerInformation", 5, 5, 5, 5);
    public static readonly Method GetEngineInformation = new("IEngineInspector::getEngineInformation", 6, 6, 6, 6);
}
