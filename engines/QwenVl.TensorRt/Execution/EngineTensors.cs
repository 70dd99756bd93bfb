using QwenVl.TensorRt.Abi;
using QwenVl.TensorRt.Objects;

namespace QwenVl.TensorRt.Execution;

/// <summary>Reads an engine's tensors and profiles once, so that a context checks and names them without native calls.</summary>
internal static unsafe class EngineTensors
{
    private const int HostLocation = 1;

    public static EngineTensor[] Read(NativeObject engine)
    {
        int count;
        using (NativeCall call = engine.Call(EngineMethods.GetNbIOTensors)) count = call.Int32();
        var tensors = new EngineTensor[count];
        for (int index = 0; index < count; index++)
        {
            using NativeCall name = engine.Call(EngineMethods.GetIOTensorName);
            tensors[index] = Read(engine, index, name.Pointer(index), name.Text(index));
        }

        return tensors;
    }

    /// <summary>Ranges by profile and tensor; those of outputs are empty.</summary>
    public static ShapeRange[][] ReadRanges(NativeObject engine, EngineTensor[] tensors)
    {
        int profiles;
        using (NativeCall call = engine.Call(EngineMethods.GetNbOptimizationProfiles)) profiles = call.Int32();
        var ranges = new ShapeRange[profiles][];
        for (int profile = 0; profile < profiles; profile++)
        {
            ranges[profile] = new ShapeRange[tensors.Length];
            foreach (EngineTensor tensor in tensors)
            {
                if (tensor.Mode is TensorMode.Input) ranges[profile][tensor.Index] = Range(engine, tensor, profile);
            }
        }

        return ranges;
    }

    private static EngineTensor Read(NativeObject engine, int index, nint nativeName, string name)
    {
        using NativeCall mode = engine.Call(EngineMethods.GetTensorIOMode);
        using NativeCall type = engine.Call(EngineMethods.GetTensorDataType);
        using NativeCall shape = engine.Call(EngineMethods.GetTensorShape);
        using NativeCall location = engine.Call(EngineMethods.GetTensorLocation);
        using NativeCall inference = engine.Call(EngineMethods.IsShapeInferenceIO);
        var way = (TensorMode)mode.Int32(nativeName);
        return new EngineTensor(
            index,
            name,
            way,
            (TensorDataType)type.Int32(nativeName),
            shape.Shape(nativeName),
            location.Int32(nativeName) == HostLocation,
            inference.Test(nativeName),
            way is TensorMode.Output ? Aliased(engine, nativeName) : null)
        {
            NativeName = nativeName,
        };
    }

    private static string? Aliased(NativeObject engine, nint output)
    {
        if (!engine.Abi.Has(EngineMethods.GetAliasedInputTensor)) return null;
        using NativeCall call = engine.Call(EngineMethods.GetAliasedInputTensor);
        return Callbacks.Utf8.TextOrNull((byte*)call.Pointer(output));
    }

    private static ShapeRange Range(NativeObject engine, EngineTensor tensor, int profile)
    {
        // A fixed input has no range: TensorRT answers with its shape or with nothing, by version.
        if (!tensor.IsDynamicInput) return new ShapeRange(tensor.Shape, tensor.Shape, tensor.Shape);
        return new ShapeRange(Get(ProfileSelector.Min), Get(ProfileSelector.Opt), Get(ProfileSelector.Max));

        TensorShape Get(ProfileSelector selector)
        {
            using NativeCall call = engine.Call(EngineMethods.GetProfileShape);
            return ((delegate* unmanaged[MemberFunction]<nint, nint, int, int, TensorShape>)call.Function)(call.This, tensor.NativeName, profile, (int)selector);
        }
    }
}
