using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using QwenVl.TensorRt.Abi;
using QwenVl.TensorRt.Callbacks;
using QwenVl.TensorRt.Execution;
using QwenVl.TensorRt.Objects;

namespace QwenVl.Tests.TensorRt.Execution;

/// <summary>A runtime that takes any plan for the engine of <see cref="FakeEngine"/> and keeps the bytes that it was given.</summary>
internal static unsafe class FakeRuntime
{
    private const int Piece = 7;

    private static byte[] _plan = [];

    /// <summary>The plan as it arrived; read by pieces if through a stream.</summary>
    public static IReadOnlyList<byte> Plan => _plan;

    public static bool Streamed { get; private set; }

    public static int PlanLength { get; set; }

    public static TensorRtRuntime Create(TensorRtAbi abi)
    {
        FakeEngine.Create(abi, out NativeObject inner).Dispose();
        inner.Dispose();
        _plan = [];
        Streamed = false;
        var runtime = new FakeObject(abi);
        runtime.Put(RuntimeMethods.DeserializeCudaEngine, (delegate* unmanaged[MemberFunction]<nint, byte*, nuint, nint>)&Deserialize);
        if (abi.Has(RuntimeMethods.DeserializeCudaEngineV2)) runtime.Put(RuntimeMethods.DeserializeCudaEngineV2, (delegate* unmanaged[MemberFunction]<nint, nint, nint>)&DeserializeStream);
        return new TensorRtRuntime(NativeObject.Create(runtime.Pointer, abi));
    }

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvMemberFunction)])]
    private static nint Deserialize(nint self, byte* plan, nuint bytes)
    {
        _plan = new ReadOnlySpan<byte>(plan, (int)bytes).ToArray();
        return FakeEngine.Works ? FakeEngine.Engine.Pointer : 0;
    }

    /// <summary>Reads the second half before the first, as a reader must bear.</summary>
    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvMemberFunction)])]
    private static nint DeserializeStream(nint self, nint reader)
    {
        Streamed = true;
        _plan = new byte[PlanLength];
        int half = PlanLength / 2;
        return Read(reader, half, PlanLength) && Read(reader, 0, half) ? FakeEngine.Engine.Pointer : 0;
    }

    private static bool Read(nint reader, int from, int to)
    {
        var seek = (delegate* unmanaged[MemberFunction]<nint, long, int, byte>)Callbacks.NativeCaller.Method(reader, CallbackTable.FirstMethodSlot + 1);
        var read = (delegate* unmanaged[MemberFunction]<nint, byte*, long, nint, long>)Callbacks.NativeCaller.Method(reader, CallbackTable.FirstMethodSlot);
        if (seek(reader, from, 0) == 0) return false;
        fixed (byte* plan = _plan)
        {
            for (int at = from; at < to; at += Piece)
            {
                int bytes = Math.Min(Piece, to - at);
                if (read(reader, plan + at, bytes, 0) != bytes) return false;
            }
        }

        return true;
    }
}
