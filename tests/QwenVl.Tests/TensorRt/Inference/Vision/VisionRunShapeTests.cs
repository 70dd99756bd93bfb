using FsCheck.Xunit;
using QwenVl.TensorRt.Inference.Vision;

namespace QwenVl.Tests.TensorRt.Inference.Vision;

public sealed class VisionRunShapeTests
{
    [Property]
    public void A_run_has_room_for_its_batch_and_no_more_than_the_plan(byte pictures, ushort patches)
    {
        int count = 1 + pictures % 8, rows = 4 * (1 + patches % 1024);
        VisionRunShape shape = VisionRunShape.For(count, rows, 8, 4096);

        Assert.InRange(shape.Batch, count, 8);
        Assert.InRange(shape.Patches, rows, 4096);
        Assert.Contains(shape, VisionRunShape.All(4, 8, 4096));
    }

    [Fact]
    public void Few_sizes_cover_all_pictures() => Assert.Equal(7 * 4, VisionRunShape.All(4, 8, 4096).Count());

    [Fact]
    public void A_plan_of_another_size_is_the_largest_run() => Assert.Equal(new VisionRunShape(3, 900), VisionRunShape.For(3, 800, 3, 900));
}
