using QwenVl.TensorRt.Abi;
using QwenVl.TensorRt.Logging;
using QwenVl.TensorRt.Objects;

namespace QwenVl.TensorRt.Execution;

/// <summary>
/// Tells what the layers of an engine are; in detail if the plan was built with
/// <see cref="Building.ProfilingVerbosity.Detailed"/>. Not safe for several threads.
/// </summary>
public sealed unsafe class EngineInspector : IDisposable
{
    private readonly NativeObject _native;
    private readonly TensorRtEngine _engine;

    internal EngineInspector(NativeObject native, TensorRtEngine engine)
    {
        _native = native;
        _engine = engine;
    }

    /// <summary>Tells shapes as a context has them now; the inspector keeps the context alive.</summary>
    /// <exception cref="ArgumentException">The context is another engine's.</exception>
    /// <exception cref="TensorRtException">TensorRT refuses the context.</exception>
    public void SetContext(TensorRtContext context)
    {
        ArgumentNullException.ThrowIfNull(context);
        if (context.Engine != _engine) throw new ArgumentException("The context is another engine's.", nameof(context));
        long mark = RecentMessages.Mark;
        _native.Retain(context.Native);
        using NativeCall call = _native.Call(EngineInspectorMethods.SetExecutionContext);
        if (!call.Test(context.Native.Pointer)) throw new TensorRtException("The inspector does not take the context.", RecentMessages.Since(mark));
    }

    /// <summary>One layer.</summary>
    /// <exception cref="ArgumentOutOfRangeException">There is no such layer.</exception>
    public string Layer(int layer, LayerInformationFormat format = LayerInformationFormat.Json)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(layer);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(layer, _engine.LayerCount);
        using NativeCall call = _native.Call(EngineInspectorMethods.GetLayerInformation);
        return Callbacks.Utf8.Text(((delegate* unmanaged[MemberFunction]<nint, int, int, byte*>)call.Function)(call.This, layer, (int)format));
    }

    /// <summary>All layers and bindings.</summary>
    public string EngineInformation(LayerInformationFormat format = LayerInformationFormat.Json)
    {
        using NativeCall call = _native.Call(EngineInspectorMethods.GetEngineInformation);
        return call.Text((int)format);
    }

    /// <inheritdoc/>
    public void Dispose() => _native.Dispose();
}
