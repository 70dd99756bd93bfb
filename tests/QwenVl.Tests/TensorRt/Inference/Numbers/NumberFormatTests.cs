using System.Buffers.Binary;
using FsCheck.Xunit;
using QwenVl.TensorRt.Inference.Numbers;
using QwenVl.TensorRt.Inference.Plans;

namespace QwenVl.Tests.TensorRt.Inference.Numbers;

public sealed class NumberFormatTests
{
    [Property(MaxTest = 2000)]
    public void Bfloat16_is_the_nearest_one_ties_to_even(int bits)
    {
        float value = BitConverter.Int32BitsToSingle(bits);
        byte[] narrow = new byte[2];
        NumberFormat.Narrow([value], PlanElement.BFloat16, narrow);
        float[] back = new float[1];
        NumberFormat.Widen(narrow, PlanElement.BFloat16, back);

        if (float.IsNaN(value)) Assert.True(float.IsNaN(back[0]));
        else Assert.Equal(Nearest(value), back[0]);
    }

    [Theory]
    [InlineData(nameof(PlanElement.Float32))]
    [InlineData(nameof(PlanElement.Float16))]
    [InlineData(nameof(PlanElement.BFloat16))]
    public void What_a_format_can_say_comes_back_as_it_was(string element)
    {
        PlanElement format = Enum.Parse<PlanElement>(element);
        float[] values = [.. Enumerable.Range(-100, 201).Select(i => i / 4f)];
        byte[] narrow = new byte[values.Length * (format == PlanElement.Float32 ? 4 : 2)];
        NumberFormat.Narrow(values, format, narrow);
        float[] back = new float[values.Length];
        NumberFormat.Widen(narrow, format, back);

        Assert.Equal(values, back);
    }

    // The two neighbours, by hand.
    private static float Nearest(float value)
    {
        Span<byte> bytes = stackalloc byte[4];
        BinaryPrimitives.WriteSingleLittleEndian(bytes, value);
        uint bits = BinaryPrimitives.ReadUInt32LittleEndian(bytes), down = bits & 0xffff0000, rest = bits & 0xffff;
        bool up = rest > 0x8000 || (rest == 0x8000 && (down & 0x10000) != 0);
        return BitConverter.UInt32BitsToSingle(up ? down + 0x10000 : down);
    }
}
