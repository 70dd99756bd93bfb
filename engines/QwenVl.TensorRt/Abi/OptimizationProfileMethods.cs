namespace QwenVl.TensorRt.Abi;

/// <summary>IOptimizationProfile.</summary>
internal static class OptimizationProfileMethods
{
    public static readonly Method SetDimensions = new("IOptimizationProfile::setDimensions", 2, 2, 2, 2);
    public static readonly Method GetDimensions = new("IOptimizationProfile::getDimensions", 3, 3, 3, 3);
    public static readonly Method SetShapeValues = new("IOptimizationProfile::setShapeValues", 4, -1, 4, -1);
    public static readonly Method GetNbShapeValues = new("IOptimizationProfile::getNbShapeValues", 5, 4, 5, 4);
    public static readonly Method IsValid = new("IOptimizationProfile::isValid", 9, 7, 9, 7);
    public static readonly Method SetShapeValuesV2 = new("IOptimizationProfile::setShapeValuesV2", 10, 8, 10, 8) { SinceMinor10 = 11 };
}
