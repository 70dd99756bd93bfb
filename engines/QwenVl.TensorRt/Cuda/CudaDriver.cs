using System.Diagnostics.CodeAnalysis;
using System.Runtime.InteropServices;
using QwenVl.TensorRt.Cuda.Native;

namespace QwenVl.TensorRt.Cuda;

/// <summary>
/// The CUDA driver of this machine. One a process; it stays loaded until the process ends and is not disposed. All members
/// may be called from any thread.
/// </summary>
public sealed unsafe class CudaDriver
{
    private static readonly Lock Loading = new();
    private static CudaDriver? _loaded;

    private CudaDriver(CudaFunctions functions, int version, int deviceCount) =>
        (Functions, Version, DeviceCount) = (functions, new Version(version / 1000, version % 1000 / 10), deviceCount);

    /// <summary>The newest CUDA version that the driver serves, such as 12.8; the driver's own version is another number.</summary>
    public Version Version { get; }

    /// <summary>How many devices there are; at least one. Devices have the numbers 0 to this, less one.</summary>
    public int DeviceCount { get; }

    /// <summary>What this library holds of memory, on all devices together.</summary>
    public CudaMemoryLedger Memory { get; } = new();

    internal CudaFunctions Functions { get; }

    /// <summary>The driver, loaded and initialised at the first call, which takes up to a second.</summary>
    /// <exception cref="CudaUnavailableException">There is no driver, no device, or the driver is too old or out of order.</exception>
    public static CudaDriver Load()
    {
        lock (Loading)
        {
            // A failure is not kept: a driver that was not ready may be later.
            if (_loaded is not null) return _loaded;
            nint library = CudaLibrary.Open();
            return _loaded = Start(name => CudaLibrary.Find(library, name));
        }
    }

    /// <summary>As <see cref="Load"/>, for those who go on without CUDA.</summary>
    /// <param name="driver">The driver, or null.</param>
    /// <param name="whyNot">One line that says why CUDA cannot be used and the way out, or null.</param>
    /// <returns>True if CUDA can be used.</returns>
    public static bool TryLoad([NotNullWhen(true)] out CudaDriver? driver, [NotNullWhen(false)] out string? whyNot)
    {
        try
        {
            (driver, whyNot) = (Load(), null);
            return true;
        }
        catch (CudaUnavailableException error)
        {
            (driver, whyNot) = (null, error.Message);
            return false;
        }
    }

    /// <inheritdoc cref="TryLoad(out CudaDriver?, out string?)"/>
    public static bool TryLoad([NotNullWhen(false)] out string? whyNot) => TryLoad(out _, out whyNot);

    /// <summary>One device's facts.</summary>
    /// <param name="index">Its number, from 0; the variable CUDA_VISIBLE_DEVICES may hide and reorder devices.</param>
    /// <exception cref="ArgumentOutOfRangeException">There is no device of that number.</exception>
    /// <exception cref="CudaException">The driver does not tell them.</exception>
    public CudaDevice GetDevice(int index)
    {
        if (index < 0 || index >= DeviceCount)
            throw new ArgumentOutOfRangeException(nameof(index), index, $"There is no CUDA device {index}: the driver has {DeviceCount}, numbered from 0.");
        return CudaDevice.Read(this, index);
    }

    /// <summary>Initialises a driver whose entry points <paramref name="find"/> knows.</summary>
    /// <exception cref="CudaUnavailableException">It cannot be used.</exception>
    internal static CudaDriver Start(Func<string, nint> find)
    {
        CudaFunctions functions;
        try
        {
            functions = new CudaFunctions(find);
        }
        catch (EntryPointNotFoundException error)
        {
            throw new CudaUnavailableException($"The NVIDIA driver is too old: it has no {error.Message}. Install a driver for CUDA 12.0 or later.");
        }

        CudaResult result = functions.Init(0);
        int count = 0, version = 0;
        if (result is CudaResult.Success) result = functions.DeviceGetCount(&count);
        if (result is CudaResult.Success) result = functions.DriverGetVersion(&version);
        if (result is CudaResult.NoDevice || (result is CudaResult.Success && count == 0))
        {
            throw new CudaUnavailableException(
                "The NVIDIA driver found no device: check nvidia-smi, CUDA_VISIBLE_DEVICES and, in a container, that it was started with GPUs.");
        }

        if (result is not CudaResult.Success)
            throw new CudaUnavailableException($"The NVIDIA driver did not start: {Describe(functions, result)}. Check nvidia-smi.");
        return new CudaDriver(functions, version, count);
    }

    internal void Check(CudaResult result, string operation)
    {
        if (result is not CudaResult.Success) throw Failure(result, operation, "");
    }

    /// <param name="result">What the driver answered.</param>
    /// <param name="operation">The call.</param>
    /// <param name="about">What it worked on, to follow the call's name, such as " of 1.2 GB".</param>
    internal CudaException Failure(CudaResult result, string operation, string about) =>
        new($"{operation}{about} failed: {Describe(Functions, result)}.", result, Name(Functions, result), operation);

    private static string Describe(CudaFunctions functions, CudaResult result)
    {
        byte* text = null;
        string name = Name(functions, result);
        return functions.GetErrorString(result, &text) is CudaResult.Success && text is not null
            ? $"{name} ({Marshal.PtrToStringUTF8((nint)text)})"
            : name;
    }

    private static string Name(CudaFunctions functions, CudaResult result)
    {
        byte* name = null;
        return functions.GetErrorName(result, &name) is CudaResult.Success && name is not null
            ? Marshal.PtrToStringUTF8((nint)name)!
            : $"CUDA error {(int)result}";
    }
}
