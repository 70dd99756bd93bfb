using QwenVl.TensorRt.Abi;
using QwenVl.TensorRt.Building;
using QwenVl.TensorRt.Logging;
using QwenVl.TensorRt.Objects;

namespace QwenVl.TensorRt.Execution;

/// <summary>A plan on the GPU. Contexts keep it alive, it keeps its runtime alive. Safe for several threads at once.</summary>
public sealed unsafe class TensorRtEngine : IDisposable
{
    private readonly EngineTensor[] _tensors;
    private readonly Dictionary<string, EngineTensor> _byName;
    private readonly ShapeRange[][] _ranges;

    internal TensorRtEngine(NativeObject native)
    {
        Native = native;
        try
        {
            _tensors = EngineTensors.Read(native);
            _byName = _tensors.ToDictionary(tensor => tensor.Name, StringComparer.Ordinal);
            _ranges = EngineTensors.ReadRanges(native, _tensors);
        }
        catch
        {
            native.Dispose();
            throw;
        }
    }

    /// <summary>The network's name; may be empty.</summary>
    public string Name
    {
        get
        {
            using NativeCall call = Native.Call(EngineMethods.GetName);
            return call.Text();
        }
    }

    /// <summary>All inputs and outputs in the engine's order.</summary>
    public IReadOnlyList<EngineTensor> Tensors => _tensors;

    /// <summary>How many optimization profiles there are; at least one.</summary>
    public int ProfileCount => _ranges.Length;

    /// <summary>How many layers the optimised engine has.</summary>
    public int LayerCount => Number(EngineMethods.GetNbLayers);

    /// <summary>How many streams beside the caller's an enqueue uses.</summary>
    public int AuxStreamCount => Number(EngineMethods.GetNbAuxStreams);

    /// <summary>Which GPUs it was built for.</summary>
    public HardwareCompatibility HardwareCompatibility => (HardwareCompatibility)Number(EngineMethods.GetHardwareCompatibilityLevel);

    /// <summary>Bytes of device memory that a context needs, whatever its profile.</summary>
    public long DeviceMemorySize
    {
        get
        {
            using NativeCall call = Native.Call(EngineMethods.GetDeviceMemorySizeV2);
            return call.Int64();
        }
    }

    internal NativeObject Native { get; }

    /// <summary>An input or output by its name.</summary>
    /// <exception cref="ArgumentException">There is no such tensor; the message names those there are.</exception>
    public EngineTensor Tensor(string name)
    {
        ArgumentNullException.ThrowIfNull(name);
        return _byName.TryGetValue(name, out EngineTensor? tensor)
            ? tensor
            : throw new ArgumentException($"The engine has no tensor '{name}'; it has {string.Join(", ", _byName.Keys)}.", nameof(name));
    }

    /// <summary>The shapes that an input may have in a profile; the only one for an input of fixed shape.</summary>
    /// <exception cref="ArgumentException">There is no such tensor, or it is an output.</exception>
    /// <exception cref="ArgumentOutOfRangeException">There is no such profile.</exception>
    public ShapeRange Shapes(string input, int profile = 0)
    {
        EngineTensor tensor = Tensor(input);
        if (tensor.Mode is not TensorMode.Input) throw new ArgumentException($"'{input}' is an output: its shape follows from the inputs'.", nameof(input));
        CheckProfile(profile);
        return Range(tensor, profile);
    }

    /// <summary>Bytes of device memory that a context needs on one profile.</summary>
    /// <exception cref="ArgumentOutOfRangeException">There is no such profile.</exception>
    public long DeviceMemorySizeForProfile(int profile)
    {
        CheckProfile(profile);
        using NativeCall call = Native.Call(EngineMethods.GetDeviceMemorySizeForProfileV2);
        return call.Int64(profile);
    }

    /// <summary>Makes a context on profile 0. The caller disposes it.</summary>
    /// <param name="memory">Who gives it device memory.</param>
    /// <exception cref="TensorRtException">TensorRT made none, for example for want of device memory.</exception>
    public TensorRtContext CreateContext(ContextMemory memory = ContextMemory.Static)
    {
        long mark = RecentMessages.Mark;
        using NativeCall call = Native.Call(EngineMethods.CreateExecutionContext);
        nint context = call.Pointer((int)memory);
        return NativeObject.IsObject(context)
            ? new TensorRtContext(NativeObject.Create(context, Native.Abi, Native), this, memory)
            : throw new TensorRtException("No execution context could be made.", RecentMessages.Since(mark));
    }

    /// <summary>Makes an inspector, which tells what the layers are. The caller disposes it.</summary>
    /// <exception cref="TensorRtException">TensorRT made none.</exception>
    public EngineInspector CreateInspector()
    {
        long mark = RecentMessages.Mark;
        using NativeCall call = Native.Call(EngineMethods.CreateEngineInspector);
        nint inspector = call.Pointer();
        return NativeObject.IsObject(inspector)
            ? new EngineInspector(NativeObject.Create(inspector, Native.Abi, Native), this)
            : throw new TensorRtException("No inspector could be made.", RecentMessages.Since(mark));
    }

    /// <summary>The engine as a plan again. The caller disposes it.</summary>
    /// <exception cref="TensorRtException">TensorRT cannot serialise it.</exception>
    public HostMemory Serialize()
    {
        long mark = RecentMessages.Mark;
        using NativeCall call = Native.Call(EngineMethods.Serialize);
        nint memory = call.Pointer();
        return NativeObject.IsObject(memory)
            ? new HostMemory(NativeObject.Create(memory, Native.Abi))
            : throw new TensorRtException("The engine cannot be serialised.", RecentMessages.Since(mark));
    }

    /// <inheritdoc/>
    public void Dispose() => Native.Dispose();

    internal ShapeRange Range(EngineTensor input, int profile) => _ranges[profile][input.Index];

    internal void CheckProfile(int profile)
    {
        if ((uint)profile >= (uint)ProfileCount) throw new ArgumentOutOfRangeException(nameof(profile), profile, $"The engine has {ProfileCount} profiles.");
    }

    private int Number(in Method method)
    {
        using NativeCall call = Native.Call(method);
        return call.Int32();
    }
}
