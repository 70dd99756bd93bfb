namespace QwenVl.TensorRt.Cuda.Handles;

/// <summary>Memory of the device or page-locked memory of the host, entered in the ledger while it is held.</summary>
internal sealed unsafe class CudaMemoryHandle : CudaHandle
{
    private const uint Portable = 1, WriteCombined = 4;

    private readonly CudaMemoryKind _kind;
    private readonly long _bytes;

    private CudaMemoryHandle(CudaContextHandle context, nint value, CudaMemoryKind kind, long bytes)
        : base(context, value, kind is CudaMemoryKind.Device ? context.Functions.MemFree : context.Functions.MemFreeHost)
    {
        (_kind, _bytes) = (kind, bytes);
        context.Driver.Memory.Add(kind, bytes);
    }

    public static CudaMemoryHandle OfDevice(CudaContext owner, long bytes)
    {
        using HeldHandle held = owner.Hold();
        CudaContextHandle context = owner.Handle;
        using var scope = new CudaScope(context);
        nint value = 0;
        CudaResult result = context.Functions.MemAlloc(&value, (nuint)bytes);
        if (result is not CudaResult.Success) throw context.Driver.Failure(result, "cuMemAlloc", $" of {ByteSize.Of(bytes)} on {context.Device}{Free(context)}");
        return new CudaMemoryHandle(context, value, CudaMemoryKind.Device, bytes);
    }

    public static CudaMemoryHandle OfHost(CudaContext owner, long bytes, bool writeCombined)
    {
        using HeldHandle held = owner.Hold();
        CudaContextHandle context = owner.Handle;
        using var scope = new CudaScope(context);
        nint value = 0;
        CudaResult result = context.Functions.MemHostAlloc(&value, (nuint)bytes, Portable | (writeCombined ? WriteCombined : 0));
        if (result is not CudaResult.Success) throw context.Driver.Failure(result, "cuMemHostAlloc", $" of {ByteSize.Of(bytes)} of page-locked host memory");
        return new CudaMemoryHandle(context, value, CudaMemoryKind.Pinned, bytes);
    }

    protected override void OnFreed() => Context.Driver.Memory.Remove(_kind, _bytes);

    private static string Free(CudaContextHandle context)
    {
        nuint free, total;
        return context.Functions.MemGetInfo(&free, &total) is CudaResult.Success
            ? $", of whose {ByteSize.Of((long)total)} {ByteSize.Of((long)free)} are free,"
            : "";
    }
}
