using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using QwenVl.TensorRt.Abi;

namespace QwenVl.Tests.TensorRt.Execution;

/// <summary>
/// An object as TensorRT makes them: a word with the interface's destructors and one that leads to the implementation and
/// its table. A slot that nothing was put in ends in a method that fails the test.
/// </summary>
internal sealed unsafe class FakeObject
{
    private const int Slots = 100;

    private static readonly List<nint> DeletedObjects = [];

    private readonly nint* _table = (nint*)NativeMemory.AllocZeroed(Slots, (nuint)sizeof(nint));
    private readonly TensorRtAbi _abi;

    public FakeObject(TensorRtAbi abi)
    {
        _abi = abi;
        for (int slot = 0; slot < Slots; slot++) _table[slot] = (nint)(delegate* unmanaged[MemberFunction]<nint, nint>)&Unexpected;
        var destructors = (nint*)NativeMemory.AllocZeroed(2, (nuint)sizeof(nint));
        destructors[1] = (nint)(delegate* unmanaged[MemberFunction]<nint, void>)&Delete;
        var implementation = (nint*)NativeMemory.AllocZeroed(1, (nuint)sizeof(nint));
        implementation[0] = (nint)_table;
        var self = (nint*)NativeMemory.AllocZeroed(2, (nuint)sizeof(nint));
        self[0] = (nint)destructors;
        self[1] = (nint)implementation;
        Pointer = (nint)self;
    }

    public static int UnexpectedCalls { get; private set; }

    /// <summary>What was deleted, in order.</summary>
    public static IReadOnlyList<nint> Deleted => DeletedObjects;

    public nint Pointer { get; }

    public static void Reset()
    {
        DeletedObjects.Clear();
        UnexpectedCalls = 0;
    }

    public void Put(in Method method, void* function) => _table[_abi.Slot(method)] = (nint)function;

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvMemberFunction)])]
    private static nint Unexpected(nint self)
    {
        UnexpectedCalls++;
        return 0;
    }

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvMemberFunction)])]
    private static void Delete(nint self) => DeletedObjects.Add(self);
}
