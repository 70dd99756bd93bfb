using System.Reflection;
using QwenVl.TensorRt;
using QwenVl.TensorRt.Abi;

namespace QwenVl.Tests.TensorRt.Abi;

public sealed class MethodTableTests
{
    private static readonly Type[] Tables =
    [
        .. typeof(Method).Assembly.GetTypes().Where(type => type.Namespace == "QwenVl.TensorRt.Abi" && type.Name.EndsWith("Methods", StringComparison.Ordinal)),
    ];

    public static TheoryData<string> Names => [.. Tables.Select(table => table.Name)];

    [Fact]
    public void There_is_a_table_for_each_interface_in_use() => Assert.Equal(14, Tables.Length);

    [Theory]
    [MemberData(nameof(Names))]
    public void No_two_methods_share_a_slot_in_a_column_and_none_is_a_destructors(string table)
    {
        int first = table.StartsWith("Parser", StringComparison.Ordinal) ? 0 : 2;
        foreach (AbiColumn column in Enum.GetValues<AbiColumn>())
        {
            int[] slots = [.. Methods(table).Select(method => method[column]).Where(slot => slot >= 0)];
            Assert.Distinct(slots);
            Assert.All(slots, slot => Assert.True(slot >= first));
        }
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Methods_stand_in_one_order_in_every_column_that_has_them(string table)
    {
        // Tables were only ever cut and appended to; what a later minor appended may stand elsewhere in another product.
        Method[] methods = [.. Methods(table).Where(method => method is { TensorRt10: >= 0, TensorRt11: >= 0, Rtx13: >= 0, Rtx15: >= 0 }).OrderBy(method => method.TensorRt10)];
        foreach (AbiColumn column in Enum.GetValues<AbiColumn>())
            Assert.Equal(methods.Select(method => method[column]).Order(), methods.Select(method => method[column]));
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void The_eleventh_generation_never_has_a_later_slot_than_the_tenth(string table) =>
        Assert.All(Methods(table).Where(method => method is { TensorRt10: >= 0, TensorRt11: >= 0 }), method => Assert.True(method.TensorRt11 <= method.TensorRt10, method.Name));

    [Theory]
    [MemberData(nameof(Names))]
    public void Names_are_those_of_the_interface(string table) =>
        Assert.Distinct(Methods(table).Select(method => method.Name));

    [Fact]
    public void Facts_that_were_read_from_the_headers_hold()
    {
        Assert.Equal((37, 36, 37, 36), Slots(ContextMethods.EnqueueV3));
        Assert.Equal((19, 15, 17, 15), Slots(EngineMethods.GetTensorShape));
        Assert.Equal((3, 3, 3, 3), Slots(RuntimeMethods.DeserializeCudaEngine));
        Assert.Equal((14, 11, 14, 11), Slots(BuilderMethods.BuildSerializedNetwork));
        Assert.Equal((56, 45, 45, 45), Slots(BuilderConfigMethods.SetProgressMonitor));
        Assert.Equal((9, 7, 9, 7), Slots(ParserMethods.Delete));
        Assert.Equal((17, 17, 17, 17), Slots(NetworkMethods.GetOutput));
        Assert.Equal((-1, -1, 57, 57), Slots(BuilderConfigMethods.SetComputeCapability));
        Assert.Equal((-1, -1, -1, 52), Slots(ContextMethods.IsStreamCapturable));
    }

    [Theory]
    [InlineData(100500, "10.7", false)]
    [InlineData(100700, "10.7", true)]
    [InlineData(110000, "10.7", true)]
    public void A_method_that_the_minor_lacks_is_refused_by_name_and_version(int version, string needed, bool there)
    {
        TensorRtAbi abi = TensorRtAbi.For(TensorRtVersion.FromNumber(version));

        Assert.Equal(there, abi.Has(RuntimeMethods.DeserializeCudaEngineV2));
        if (there) return;
        NotSupportedException error = Assert.Throws<NotSupportedException>(() => abi.Slot(RuntimeMethods.DeserializeCudaEngineV2));
        Assert.Contains("IRuntime::deserializeCudaEngine(IStreamReaderV2)", error.Message, StringComparison.Ordinal);
        Assert.Contains(needed, error.Message, StringComparison.Ordinal);
        Assert.Contains("TensorRT 10.5.0", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_method_of_the_other_product_is_refused() =>
        Assert.Contains("TensorRT-RTX 1.3", Assert.Throws<NotSupportedException>(() => TensorRtAbi.For(TensorRtVersion.FromNumber(110200)).Slot(BuilderConfigMethods.SetComputeCapability)).Message, StringComparison.Ordinal);

    [Theory]
    [InlineData(100700, 64)]
    [InlineData(100800, 65)]
    [InlineData(100801, 64)]
    [InlineData(100900, 64)]
    public void The_slot_that_10_8_0_alone_shifted_is_found_there(int version, int slot) =>
        Assert.Equal(slot, TensorRtAbi.For(TensorRtVersion.FromNumber(version)).Slot(NetworkMethods.GetFlags));

    private static (int TensorRt10, int TensorRt11, int Rtx13, int Rtx15) Slots(Method method) => (method.TensorRt10, method.TensorRt11, method.Rtx13, method.Rtx15);

    private static Method[] Methods(string table) =>
        [.. Tables.Single(type => type.Name == table).GetFields(BindingFlags.Public | BindingFlags.Static).Where(field => field.FieldType == typeof(Method)).Select(field => (Method)field.GetValue(null)!)];
}
