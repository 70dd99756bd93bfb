using System.Runtime.InteropServices;
using Microsoft.ML.OnnxRuntime;

namespace QwenVl.OnnxRuntime.Sessions;

/// <summary>Tensors over managed arrays, pinned until disposed.</summary>
internal static class Tensors
{
    public static OrtValue Over<T>(Memory<T> memory, params long[] shape)
        where T : unmanaged => OrtValue.CreateTensorValueFromMemory(OrtMemoryInfo.DefaultInstance, memory, shape);

    /// <summary>A tensor that is read only; the runtime's interface does not tell inputs from outputs.</summary>
    public static OrtValue OverInput<T>(ReadOnlyMemory<T> memory, params long[] shape)
        where T : unmanaged => Over(MemoryMarshal.AsMemory(memory), shape);
}
