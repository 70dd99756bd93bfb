using QwenVl.TensorRt;
using QwenVl.TensorRt.Abi;
using QwenVl.TensorRt.Execution;
using QwenVl.Tests.Infrastructure;

namespace QwenVl.Tests.TensorRt.Execution;

[Collection(NativeLibraryTests.Name)]
public sealed class TensorRtRuntimeTests
{
    private static readonly byte[] Plan = [.. Enumerable.Range(0, 1000).Select(value => (byte)value)];

    [Theory]
    [InlineData(100600, false)]
    [InlineData(101500, true)]
    [InlineData(110000, true)]
    [InlineData(10701, true)]
    public void A_stream_is_read_by_pieces_where_the_version_can_and_whole_where_not(int version, bool streamed)
    {
        using TensorRtRuntime runtime = Create(version);
        using var stream = new MemoryStream([9, 9, 9, .. Plan]) { Position = 3 };

        using TensorRtEngine engine = runtime.Load(stream);

        Assert.Equal(streamed, FakeRuntime.Streamed);
        Assert.Equal(Plan, FakeRuntime.Plan);
        Assert.Equal(4, engine.Tensors.Count);
    }

    [Fact]
    public void A_file_and_bytes_arrive_as_they_are()
    {
        using var folder = new TemporaryFolder();
        File.WriteAllBytes(folder.File("a.plan"), Plan);
        using TensorRtRuntime runtime = Create(101500);

        runtime.LoadFile(folder.File("a.plan")).Dispose();
        Assert.Equal(Plan, FakeRuntime.Plan);
        runtime.Load(Plan.AsSpan(0, 500)).Dispose();
        Assert.Equal(Plan[..500], FakeRuntime.Plan);
    }

    [Fact]
    public void A_stream_that_throws_or_cannot_seek_is_the_callers_exception()
    {
        using TensorRtRuntime runtime = Create(101500);
        using var broken = new BrokenStream(Plan);
        using var forward = new ForwardStream(Plan);

        Assert.Equal("the disk is broken", Assert.Throws<IOException>(() => runtime.Load(broken)).Message);
        Assert.Throws<ArgumentException>("stream", () => runtime.Load(forward));
    }

    [Fact]
    public void A_plan_of_another_version_is_told_as_such()
    {
        using TensorRtRuntime runtime = Create(101500);
        FakeEngine.Works = false;

        string message = Assert.Throws<TensorRtException>(() => runtime.LoadFile(NvidiaLibraries.DecoderPlan)).Message;

        Assert.Contains("built by TensorRT 10.6.0; the loaded library is TensorRT 10.15.0", message, StringComparison.Ordinal);
    }

    private static TensorRtRuntime Create(int version)
    {
        FakeRuntime.PlanLength = Plan.Length;
        return FakeRuntime.Create(TensorRtAbi.For(TensorRtVersion.FromNumber(version)));
    }

    private sealed class BrokenStream(byte[] bytes) : MemoryStream(bytes)
    {
        public override int Read(Span<byte> buffer) => Position >= 500 ? throw new IOException("the disk is broken") : base.Read(buffer);
    }

    private sealed class ForwardStream(byte[] bytes) : MemoryStream(bytes)
    {
        public override bool CanSeek => false;
    }
}
