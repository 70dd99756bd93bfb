using System.Globalization;

namespace QwenVl.TensorRt;

/// <summary>The version of a TensorRT library, as the library itself reports it.</summary>
/// <param name="Product">Which product the library belongs to.</param>
/// <param name="Major">Major version.</param>
/// <param name="Minor">Minor version.</param>
/// <param name="Patch">Patch version.</param>
public readonly record struct TensorRtVersion(TensorRtProduct Product, int Major, int Minor, int Patch) : IComparable<TensorRtVersion>
{
    // TensorRT counts major * 10000 since its tenth major; TensorRT-RTX counts alike from 1, which stays below.
    private const int LeastTensorRt = 100_000;

    /// <summary>Reads the number that <c>getInferLibVersion</c> returns.</summary>
    public static TensorRtVersion FromNumber(int number) => new(
        number < LeastTensorRt ? TensorRtProduct.TensorRtRtx : TensorRtProduct.TensorRt,
        number / 10_000,
        number / 100 % 100,
        number % 100);

    /// <summary>The number that the native interface counts in: major * 10000 + minor * 100 + patch.</summary>
    public int Number => Major * 10_000 + Minor * 100 + Patch;

    /// <summary>Orders versions of one product; products are ordered by their enumeration.</summary>
    public int CompareTo(TensorRtVersion other) => Product == other.Product ? Number.CompareTo(other.Number) : Product.CompareTo(other.Product);

    /// <summary>True when the left version is older.</summary>
    public static bool operator <(TensorRtVersion left, TensorRtVersion right) => left.CompareTo(right) < 0;

    /// <summary>True when the left version is newer.</summary>
    public static bool operator >(TensorRtVersion left, TensorRtVersion right) => left.CompareTo(right) > 0;

    /// <summary>True when the left version is older or the same.</summary>
    public static bool operator <=(TensorRtVersion left, TensorRtVersion right) => left.CompareTo(right) <= 0;

    /// <summary>True when the left version is newer or the same.</summary>
    public static bool operator >=(TensorRtVersion left, TensorRtVersion right) => left.CompareTo(right) >= 0;

    /// <summary>For example "TensorRT 10.6.0" or "TensorRT-RTX 1.7.1".</summary>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Product.DisplayName()} {Major}.{Minor}.{Patch}");
}
