using QwenVl.Client.Native.Abi;

namespace QwenVl.Tests.Client.Native.Abi;

public sealed unsafe class SizedStructureTests
{
    private const uint Smallest = 24;

    [Fact]
    public void What_an_older_program_does_not_have_is_zero()
    {
        var given = new GenerateOptionsData { Size = Smallest, Route = 2, TopK = 7, Temperature = 0.5f, Seed = 9 };

        GenerateOptionsData read = SizedStructure.Read(&given, "options", Smallest);

        Assert.Equal((2, 7u, 0f, 0ul), (read.Route, read.TopK, read.Temperature, read.Seed));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(23)]
    [InlineData(4097)]
    [InlineData(uint.MaxValue)]
    public void A_size_that_cannot_be_right_is_refused_without_reading_on(uint size)
    {
        // Only the size itself may be touched: the rest is not there.
        string message = Assert.Throws<ArgumentException>(() => ReadAlone(size)).Message;

        Assert.Contains("sizeof(options)", message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(0, true)]
    [InlineData(1, false)]
    public void A_newer_programs_structure_is_taken_where_its_new_part_is_zero(byte last, bool taken)
    {
        int size = sizeof(GenerateOptionsData) + 8;
        byte[] bytes = new byte[size];
        bytes[^1] = last;
        fixed (byte* start = bytes)
        {
            *(int*)start = size;
            var data = (GenerateOptionsData*)start;
            if (taken) Assert.Equal((uint)size, SizedStructure.Read(data, "options", Smallest).Size);
            else Assert.Throws<ArgumentException>(() => ReadAt((nint)data));
        }
    }

    private static GenerateOptionsData ReadAt(nint data) => SizedStructure.Read((GenerateOptionsData*)data, "options", Smallest);

    private static GenerateOptionsData ReadAlone(uint size) => SizedStructure.Read((GenerateOptionsData*)&size, "options", Smallest);
}
