using System.Globalization;
using QwenVl.TensorRt.Building;
using QwenVl.TensorRt.Cuda;

namespace QwenVl.Engines.Plans;

/// <summary>Names of GPU architectures: <c>sm90</c> is compute capability 9.0.</summary>
public static class GpuArchitecture
{
    private const string Prefix = "sm";
    private const char Separator = '+';

    /// <summary>The name of one or more compute capabilities, such as 89 for 8.9.</summary>
    public static string Of(params IEnumerable<int> computeCapabilities) =>
        string.Join(Separator, computeCapabilities.Distinct().Order().Select(number => FormattableString.Invariant($"{Prefix}{number}")));

    /// <summary>The architecture of a GPU of this machine.</summary>
    /// <param name="deviceIndex">Which one, as the driver counts from 0.</param>
    /// <exception cref="CudaUnavailableException">There is no usable GPU; the message is one line with the way out.</exception>
    /// <exception cref="ArgumentOutOfRangeException">There is no such GPU.</exception>
    public static string Present(int deviceIndex = 0) => CudaDriver.Load().GetDevice(deviceIndex).Architecture;

    /// <summary>The numbers of one or more names joined by <c>+</c>.</summary>
    /// <exception cref="ArgumentException">It names none.</exception>
    internal static int[] Read(string architecture)
    {
        ArgumentException.ThrowIfNullOrEmpty(architecture);
        return [.. architecture.Split(Separator).Select(Number)];

        int Number(string name) =>
            name.StartsWith(Prefix, StringComparison.Ordinal) && int.TryParse(name.AsSpan(Prefix.Length), NumberStyles.None, CultureInfo.InvariantCulture, out int number)
                ? number
                : throw new ArgumentException($"GPU architecture {architecture}: write sm90 for compute capability 9.0, and sm89+sm120 for two.");
    }

    /// <summary>What TensorRT-RTX is told.</summary>
    /// <exception cref="ArgumentException">TensorRT-RTX builds for no such GPU.</exception>
    internal static ComputeCapability[] Capabilities(string architecture)
    {
        ComputeCapability[] known = [.. Enum.GetValues<ComputeCapability>().Where(capability => capability is not (ComputeCapability.None or ComputeCapability.Current))];
        return [.. Read(architecture).Select(number => known.Contains((ComputeCapability)number)
            ? (ComputeCapability)number
            : throw new ArgumentException($"GPU architecture {Prefix}{number}: TensorRT-RTX builds for {string.Join(", ", known.Select(each => $"{Prefix}{(int)each}"))}."))];
    }
}
