using QwenVl.TensorRt.Cuda;
using QwenVl.TensorRt.Cuda.Native;

namespace QwenVl.Tests.TensorRt.Cuda.Native;

public sealed class CudaLibraryTests
{
    [Fact]
    public void A_library_that_is_nowhere_is_told_with_what_was_tried_and_the_way_out()
    {
        var error = Assert.Throws<CudaUnavailableException>(() => CudaLibrary.Open(["libcuda.so.1", "/usr/lib/wsl/lib/libcuda.so.1"], _ => 0));

        Assert.Equal(
            "No NVIDIA driver: libcuda.so.1 was not found (tried libcuda.so.1, /usr/lib/wsl/lib/libcuda.so.1). "
                + "Install the NVIDIA driver, or start the container with its GPUs (docker run --gpus all).",
            error.Message);
    }

    [Fact]
    public void An_operating_system_without_a_driver_is_told_so()
    {
        var error = Assert.Throws<CudaUnavailableException>(() => CudaLibrary.Open([], _ => 1));

        Assert.Contains("none for this operating system", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void The_first_library_that_opens_is_taken()
    {
        Assert.Equal(7, CudaLibrary.Open(["a", "b", "c"], path => path == "a" ? 0 : path == "b" ? 7 : 9));
    }
}
