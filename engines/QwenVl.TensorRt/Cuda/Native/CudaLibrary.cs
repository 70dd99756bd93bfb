using System.Runtime.InteropServices;

namespace QwenVl.TensorRt.Cuda.Native;

/// <summary>Where the driver's library lies.</summary>
internal static class CudaLibrary
{
    /// <summary>
    /// Names and paths in the order in which they are tried; none where CUDA has no driver. The plain libcuda.so is not
    /// among them: where only that is found it is the toolkit's stub.
    /// </summary>
    public static IReadOnlyList<string> Candidates { get; } =
        OperatingSystem.IsWindows() ? [Path.Combine(Environment.SystemDirectory, "nvcuda.dll")]
        : OperatingSystem.IsLinux() ? ["libcuda.so.1", "/usr/lib/wsl/lib/libcuda.so.1"]
        : [];

    /// <summary>Opens the first candidate that opens; it stays loaded until the process ends.</summary>
    /// <param name="candidates">What to try, in order.</param>
    /// <param name="open">Opens one, or returns 0.</param>
    /// <exception cref="CudaUnavailableException">None opens.</exception>
    public static nint Open(IReadOnlyList<string> candidates, Func<string, nint> open)
    {
        foreach (string candidate in candidates)
        {
            if (open(candidate) is var library and not 0) return library;
        }

        throw new CudaUnavailableException(candidates.Count == 0
            ? "No NVIDIA driver: there is none for this operating system. Use the CPU backend, or Linux or Windows."
            : $"No NVIDIA driver: {Path.GetFileName(candidates[0])} was not found (tried {string.Join(", ", candidates)}). "
                + "Install the NVIDIA driver, or start the container with its GPUs (docker run --gpus all).");
    }

    public static nint Open() => Open(Candidates, path => NativeLibrary.TryLoad(path, out nint library) ? library : 0);

    public static nint Find(nint library, string name) => NativeLibrary.TryGetExport(library, name, out nint address) ? address : 0;
}
