using QwenVl.TensorRt.Abi;
using QwenVl.TensorRt.Objects;
using QwenVl.TensorRt.Onnx;

namespace QwenVl.TensorRt.Building;

/// <summary>
/// A network that a plan is built from: strongly typed, so it computes in the types that it says. Filled by an
/// <see cref="OnnxParser"/>. Holds its parsers' weights until it and they are disposed. Not safe for several threads.
/// </summary>
public sealed class NetworkDefinition : IDisposable
{
    internal NetworkDefinition(NativeObject native, TensorRtBuilder builder)
    {
        Native = native;
        Builder = builder;
    }

    /// <summary>The name, for messages and logs; empty at first.</summary>
    public string Name
    {
        get
        {
            using NativeCall call = Native.Call(NetworkMethods.GetName);
            return call.Text();
        }

        set
        {
            using var name = new NativeText(value);
            using NativeCall call = Native.Call(NetworkMethods.SetName);
            call.Invoke(name.Pointer);
        }
    }

    /// <summary>How many layers there are.</summary>
    public int LayerCount
    {
        get
        {
            using NativeCall call = Native.Call(NetworkMethods.GetNbLayers);
            return call.Int32();
        }
    }

    /// <summary>The inputs in their order, as they are now.</summary>
    public IReadOnlyList<NetworkTensor> Inputs => Tensors(NetworkMethods.GetNbInputs, NetworkMethods.GetInput);

    /// <summary>The outputs in their order, as they are now.</summary>
    public IReadOnlyList<NetworkTensor> Outputs => Tensors(NetworkMethods.GetNbOutputs, NetworkMethods.GetOutput);

    /// <summary>The names of all layers in their order.</summary>
    public IReadOnlyList<string> LayerNames
    {
        get
        {
            string[] names = new string[LayerCount];
            for (int layer = 0; layer < names.Length; layer++)
            {
                using NativeCall get = Native.Call(NetworkMethods.GetLayer);
                // Layers and tensors belong to the network, which the call holds.
                using NativeObject native = NativeObject.Borrow(get.Pointer(layer), Native.Abi);
                using NativeCall name = native.Call(LayerMethods.GetName);
                names[layer] = name.Text();
            }

            return names;
        }
    }

    internal NativeObject Native { get; }

    internal TensorRtBuilder Builder { get; }

    /// <summary>Makes a parser that fills this network.</summary>
    /// <exception cref="TensorRtNotFoundException">The installation has no ONNX parser.</exception>
    /// <exception cref="TensorRtException">TensorRT made none.</exception>
    public OnnxParser CreateOnnxParser() => OnnxParser.Create(this, Builder.Library.RequireParser());

    /// <inheritdoc/>
    public void Dispose() => Native.Dispose();

    private NetworkTensor[] Tensors(in Method count, in Method get)
    {
        int tensors;
        using (NativeCall call = Native.Call(count)) tensors = call.Int32();
        var described = new NetworkTensor[tensors];
        for (int tensor = 0; tensor < tensors; tensor++)
        {
            using NativeCall call = Native.Call(get);
            using NativeObject native = NativeObject.Borrow(call.Pointer(tensor), Native.Abi);
            described[tensor] = Describe(native);
        }

        return described;
    }

    private static NetworkTensor Describe(NativeObject tensor)
    {
        using NativeCall name = tensor.Call(TensorMethods.GetName);
        using NativeCall type = tensor.Call(TensorMethods.GetTensorType);
        using NativeCall shape = tensor.Call(TensorMethods.GetDimensions);
        using NativeCall isShape = tensor.Call(TensorMethods.IsShapeTensor);
        return new NetworkTensor(name.Text(), (TensorDataType)type.Int32(), shape.Shape(), isShape.Test());
    }
}
