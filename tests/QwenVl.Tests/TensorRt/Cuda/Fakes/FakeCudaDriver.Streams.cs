using System.Runtime.InteropServices;
using QwenVl.TensorRt.Cuda;
using QwenVl.TensorRt.Cuda.Native;

namespace QwenVl.Tests.TensorRt.Cuda.Fakes;

/// <content>Entry points of streams, events and graphs.</content>
internal sealed unsafe partial class FakeCudaDriver
{
    [UnmanagedCallersOnly]
    private static CudaResult cuStreamCreateWithPriority(nint* stream, uint flags, int priority) =>
        Call(fake => flags == 1 ? Set(stream, fake.Own(new FakeStream())) : CudaResult.InvalidValue);

    [UnmanagedCallersOnly]
    private static CudaResult cuStreamDestroy_v2(nint stream) => Call(fake =>
    {
        FakeStream queue = fake.Get<FakeStream>(stream);
        if (queue.Capture is not null) return fake.Violation("cuStreamDestroy_v2", "the stream is being captured", CudaResult.StreamCaptureUnsupported);
        queue.Drain();
        return fake.Destroy<FakeStream>(stream);
    });

    [UnmanagedCallersOnly]
    private static CudaResult cuStreamSynchronize(nint stream) => Call(fake =>
    {
        FakeStream queue = fake.Get<FakeStream>(stream);
        if (queue.Capture is not null) return Spoil(queue);
        queue.Drain();
        return CudaResult.Success;
    });

    [UnmanagedCallersOnly]
    private static CudaResult cuStreamQuery(nint stream) => Call(fake =>
    {
        FakeStream queue = fake.Get<FakeStream>(stream);
        if (queue.Capture is not null) return Spoil(queue);
        return queue.Queue.Count == 0 ? CudaResult.Success : CudaResult.NotReady;
    });

    [UnmanagedCallersOnly]
    private static CudaResult cuStreamWaitEvent(nint stream, nint mark, uint flags) => Call(fake =>
    {
        FakeEvent awaited = fake.Get<FakeEvent>(mark);
        FakeStream? other = awaited.Stream;
        return fake.Enqueue(stream, "wait", () => other?.DrainUntil(awaited));
    });

    [UnmanagedCallersOnly]
    private static CudaResult cuStreamBeginCapture_v2(nint stream, int mode) => Call(fake =>
    {
        FakeStream queue = fake.Get<FakeStream>(stream);
        if (mode != 1) return CudaResult.InvalidValue;
        if (queue.Capture is not null) return CudaResult.IllegalState;
        (queue.Capture, queue.CapturingThread, queue.Spoilt) = ([], Environment.CurrentManagedThreadId, false);
        return CudaResult.Success;
    });

    [UnmanagedCallersOnly]
    private static CudaResult cuStreamEndCapture(nint stream, nint* graph) => Call(fake =>
    {
        FakeStream queue = fake.Get<FakeStream>(stream);
        if (queue.Capture is not { } nodes) return CudaResult.IllegalState;
        if (queue.CapturingThread != Environment.CurrentManagedThreadId) return CudaResult.StreamCaptureWrongThread;
        queue.Capture = null;
        return queue.Spoilt ? CudaResult.StreamCaptureInvalidated : Set(graph, fake.Own(new FakeGraph(nodes)));
    });

    [UnmanagedCallersOnly]
    private static CudaResult cuStreamIsCapturing(nint stream, int* status) => Call(fake =>
    {
        FakeStream queue = fake.Get<FakeStream>(stream);
        return Set(status, queue.Capture is null ? 0 : queue.Spoilt ? 2 : 1);
    });

    [UnmanagedCallersOnly]
    private static CudaResult cuEventCreate(nint* mark, uint flags) => Call(fake => Set(mark, fake.Own(new FakeEvent())));

    [UnmanagedCallersOnly]
    private static CudaResult cuEventRecord(nint mark, nint stream) => Call(fake =>
    {
        FakeEvent recorded = fake.Get<FakeEvent>(mark);
        (recorded.Stream, recorded.Done) = (fake.Get<FakeStream>(stream), false);
        return fake.Enqueue(stream, "record", () => (recorded.Done, recorded.Time) = (true, fake._workDone));
    });

    [UnmanagedCallersOnly]
    private static CudaResult cuEventQuery(nint mark) => Call(fake => fake.Get<FakeEvent>(mark).Done ? CudaResult.Success : CudaResult.NotReady);

    [UnmanagedCallersOnly]
    private static CudaResult cuEventSynchronize(nint mark) => Call(fake =>
    {
        FakeEvent awaited = fake.Get<FakeEvent>(mark);
        awaited.Stream?.DrainUntil(awaited);
        return CudaResult.Success;
    });

    [UnmanagedCallersOnly]
    private static CudaResult cuEventElapsedTime(float* milliseconds, nint start, nint end) => Call(fake => fake.Elapsed(milliseconds, start, end));

    [UnmanagedCallersOnly]
    private static CudaResult cuEventElapsedTime_v2(float* milliseconds, nint start, nint end) => Call(fake => fake.Elapsed(milliseconds, start, end));

    [UnmanagedCallersOnly]
    private static CudaResult cuEventDestroy_v2(nint mark) => Call(fake => fake.Destroy<FakeEvent>(mark));

    [UnmanagedCallersOnly]
    private static CudaResult cuGraphGetNodes(nint graph, nint* nodes, nuint* count) => Call(fake => Set(count, (nuint)fake.Get<FakeGraph>(graph).Nodes.Count));

    [UnmanagedCallersOnly]
    private static CudaResult cuGraphInstantiateWithFlags(nint* exec, nint graph, ulong flags) =>
        Call(fake => Set(exec, fake.Own(new FakeGraph(fake.Get<FakeGraph>(graph).Nodes))));

    [UnmanagedCallersOnly]
    private static CudaResult cuGraphDestroy(nint graph) => Call(fake => fake.Destroy<FakeGraph>(graph));

    [UnmanagedCallersOnly]
    private static CudaResult cuGraphLaunch(nint exec, nint stream) => Call(fake =>
    {
        IReadOnlyList<FakeWork> nodes = fake.Get<FakeGraph>(exec).Nodes;
        return fake.Enqueue(stream, "graph", () =>
        {
            foreach (FakeWork node in nodes) node.Run();
        });
    });

    [UnmanagedCallersOnly]
    private static CudaResult cuGraphExecUpdate_v2(nint exec, nint graph, GraphUpdateInfo* info) => Call(fake =>
    {
        FakeGraph ready = fake.Get<FakeGraph>(exec), record = fake.Get<FakeGraph>(graph);
        bool same = ready.Nodes.Select(node => node.Kind).SequenceEqual(record.Nodes.Select(node => node.Kind));
        info->Result = same ? 0 : ready.Nodes.Count == record.Nodes.Count ? 3 : 2;
        if (!same) return CudaResult.GraphExecUpdateFailure;
        ready.Nodes = record.Nodes;
        return CudaResult.Success;
    });

    [UnmanagedCallersOnly]
    private static CudaResult cuGraphExecDestroy(nint exec) => Call(fake => fake.Destroy<FakeGraph>(exec));

    private static CudaResult Spoil(FakeStream stream)
    {
        stream.Spoilt = true;
        return CudaResult.StreamCaptureUnsupported;
    }

    private CudaResult Elapsed(float* milliseconds, nint start, nint end)
    {
        FakeEvent from = Get<FakeEvent>(start), to = Get<FakeEvent>(end);
        if (from.Time < 0 || to.Time < 0) return CudaResult.InvalidHandle;
        return from.Done && to.Done ? Set(milliseconds, to.Time - from.Time) : CudaResult.NotReady;
    }
}
