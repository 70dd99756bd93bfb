using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using QwenVl.TensorRt.Cuda.Native;

namespace QwenVl.Tests.TensorRt.Cuda.Native;

/// <summary>Sizes and places as a C compiler lays the driver's structures out on 64-bit systems.</summary>
public sealed class NativeLayoutTests
{
    [Fact]
    public void Structures_are_as_large_as_the_drivers()
    {
        Assert.Equal(128, Unsafe.SizeOf<Memcpy2D>());
        Assert.Equal(200, Unsafe.SizeOf<Memcpy3D>());
        Assert.Equal(24, Unsafe.SizeOf<GraphUpdateInfo>());
    }

    [Theory]
    [InlineData(nameof(Memcpy2D.SourceType), 16)]
    [InlineData(nameof(Memcpy2D.SourceDevice), 32)]
    [InlineData(nameof(Memcpy2D.SourcePitch), 48)]
    [InlineData(nameof(Memcpy2D.DestinationType), 72)]
    [InlineData(nameof(Memcpy2D.DestinationDevice), 88)]
    [InlineData(nameof(Memcpy2D.DestinationPitch), 104)]
    [InlineData(nameof(Memcpy2D.Height), 120)]
    public void Fields_of_a_copy_of_rows_are_in_their_places(string field, int offset) => Assert.Equal(offset, Marshal.OffsetOf<Memcpy2D>(field));

    [Theory]
    [InlineData(nameof(Memcpy3D.SourceType), 32)]
    [InlineData(nameof(Memcpy3D.SourceDevice), 48)]
    [InlineData(nameof(Memcpy3D.SourcePitch), 72)]
    [InlineData(nameof(Memcpy3D.SourceHeight), 80)]
    [InlineData(nameof(Memcpy3D.DestinationType), 120)]
    [InlineData(nameof(Memcpy3D.DestinationDevice), 136)]
    [InlineData(nameof(Memcpy3D.DestinationPitch), 160)]
    [InlineData(nameof(Memcpy3D.DestinationHeight), 168)]
    [InlineData(nameof(Memcpy3D.Depth), 192)]
    public void Fields_of_a_copy_of_slices_are_in_their_places(string field, int offset) => Assert.Equal(offset, Marshal.OffsetOf<Memcpy3D>(field));
}
