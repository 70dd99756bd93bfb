using System.Text;
using QwenVl.TensorRt.Cuda.Native;

namespace QwenVl.TensorRt.Cuda;

/// <summary>Facts of one device, read once; immutable. To use the device, make a <see cref="CudaContext"/> of it.</summary>
public sealed unsafe class CudaDevice
{
    private const int MaxPitchAttribute = 11, MultiprocessorsAttribute = 16, MajorAttribute = 75, MinorAttribute = 76;

    private CudaDevice(CudaDriver driver, int index, int ordinal) => (Driver, Index, Ordinal) = (driver, index, ordinal);

    /// <summary>Its number among the driver's devices, from 0.</summary>
    public int Index { get; }

    /// <summary>Such as NVIDIA H100 80GB HBM3.</summary>
    public string Name { get; private init; } = "";

    /// <summary>The 9 of compute capability 9.0.</summary>
    public int ComputeCapabilityMajor { get; private init; }

    /// <summary>The 0 of compute capability 9.0.</summary>
    public int ComputeCapabilityMinor { get; private init; }

    /// <summary>The name of its generation, such as sm90 for compute capability 9.0.</summary>
    public string Architecture => FormattableString.Invariant($"sm{ComputeCapabilityMajor}{ComputeCapabilityMinor}");

    /// <summary>Bytes of memory it has, free or not.</summary>
    public long TotalMemoryBytes { get; private init; }

    /// <summary>How many multiprocessors it has.</summary>
    public int Multiprocessors { get; private init; }

    internal CudaDriver Driver { get; }

    /// <summary>The driver's CUdevice.</summary>
    internal int Ordinal { get; }

    /// <summary>The most bytes that may lie between two rows of a pitched copy.</summary>
    internal long MaxPitchBytes { get; private init; }

    /// <inheritdoc/>
    public override string ToString() => $"device {Index} ({Name})";

    internal static CudaDevice Read(CudaDriver driver, int index)
    {
        CudaFunctions functions = driver.Functions;
        int ordinal;
        nuint memory;
        Span<byte> name = stackalloc byte[256];
        driver.Check(functions.DeviceGet(&ordinal, index), "cuDeviceGet");
        driver.Check(functions.DeviceTotalMem(&memory, ordinal), "cuDeviceTotalMem");
        fixed (byte* start = name) driver.Check(functions.DeviceGetName(start, name.Length, ordinal), "cuDeviceGetName");
        return new CudaDevice(driver, index, ordinal)
        {
            Name = Encoding.UTF8.GetString(name[..Math.Max(0, name.IndexOf((byte)0))]),
            ComputeCapabilityMajor = Attribute(driver, MajorAttribute, ordinal),
            ComputeCapabilityMinor = Attribute(driver, MinorAttribute, ordinal),
            TotalMemoryBytes = checked((long)memory),
            Multiprocessors = Attribute(driver, MultiprocessorsAttribute, ordinal),
            MaxPitchBytes = Attribute(driver, MaxPitchAttribute, ordinal),
        };

        static int Attribute(CudaDriver driver, int number, int ordinal)
        {
            int value;
            driver.Check(driver.Functions.DeviceGetAttribute(&value, number, ordinal), "cuDeviceGetAttribute");
            return value;
        }
    }
}
