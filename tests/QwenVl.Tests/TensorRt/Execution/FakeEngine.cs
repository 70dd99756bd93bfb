using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using QwenVl.TensorRt;
using QwenVl.TensorRt.Abi;
using QwenVl.TensorRt.Execution;
using QwenVl.TensorRt.Objects;

namespace QwenVl.Tests.TensorRt.Execution;

/// <summary>
/// An engine of two inputs and two outputs with two profiles, made of native objects, so that all that stands between a
/// caller and TensorRT runs without a GPU: slots, arguments, structures returned by value, checks and order of deletion.
/// </summary>
internal static unsafe class FakeEngine
{
    public const nint Stream = 0x5000;

    private static readonly nint[] Names = [.. new[] { "ids", "cache", "logits", "cache_out" }.Select(Marshal.StringToCoTaskMemUTF8)];

    public static List<string> Calls { get; } = [];

    /// <summary>What the next calls that can fail answer.</summary>
    public static bool Works { get; set; } = true;

    /// <summary>Nothing is written down, so that what callers allocate can be measured.</summary>
    public static bool Quiet { get; set; }

    public static FakeObject Runtime { get; private set; } = null!;

    public static FakeObject Engine { get; private set; } = null!;

    public static FakeObject Context { get; private set; } = null!;

    public static FakeObject Inspector { get; private set; } = null!;

    public static TensorRtEngine Create(TensorRtAbi abi, out NativeObject runtime)
    {
        FakeObject.Reset();
        Calls.Clear();
        Works = true;
        Quiet = false;
        Runtime = new FakeObject(abi);
        Engine = MakeEngine(abi);
        Context = MakeContext(abi);
        Inspector = MakeInspector(abi);
        runtime = NativeObject.Create(Runtime.Pointer, abi);
        return new TensorRtEngine(NativeObject.Create(Engine.Pointer, abi, runtime));
    }

    private static FakeObject MakeEngine(TensorRtAbi abi)
    {
        var engine = new FakeObject(abi);
        engine.Put(EngineMethods.GetNbIOTensors, (delegate* unmanaged[MemberFunction]<nint, int>)&TensorCount);
        engine.Put(EngineMethods.GetIOTensorName, (delegate* unmanaged[MemberFunction]<nint, int, nint>)&TensorName);
        engine.Put(EngineMethods.GetTensorIOMode, (delegate* unmanaged[MemberFunction]<nint, nint, int>)&TensorMode);
        engine.Put(EngineMethods.GetTensorDataType, (delegate* unmanaged[MemberFunction]<nint, nint, int>)&TensorType);
        engine.Put(EngineMethods.GetTensorShape, (delegate* unmanaged[MemberFunction]<nint, nint, TensorShape>)&TensorShape);
        engine.Put(EngineMethods.GetTensorLocation, (delegate* unmanaged[MemberFunction]<nint, nint, int>)&TensorLocation);
        engine.Put(EngineMethods.IsShapeInferenceIO, (delegate* unmanaged[MemberFunction]<nint, nint, byte>)&IsShapeInference);
        engine.Put(EngineMethods.GetNbOptimizationProfiles, (delegate* unmanaged[MemberFunction]<nint, int>)&ProfileCount);
        engine.Put(EngineMethods.GetProfileShape, (delegate* unmanaged[MemberFunction]<nint, nint, int, int, TensorShape>)&ProfileShape);
        engine.Put(EngineMethods.GetDeviceMemorySizeForProfileV2, (delegate* unmanaged[MemberFunction]<nint, int, long>)&MemoryForProfile);
        engine.Put(EngineMethods.CreateExecutionContext, (delegate* unmanaged[MemberFunction]<nint, int, nint>)&CreateContext);
        engine.Put(EngineMethods.GetNbLayers, (delegate* unmanaged[MemberFunction]<nint, int>)&LayerCount);
        engine.Put(EngineMethods.CreateEngineInspector, (delegate* unmanaged[MemberFunction]<nint, nint>)&CreateInspector);
        if (abi.Has(EngineMethods.GetAliasedInputTensor)) engine.Put(EngineMethods.GetAliasedInputTensor, (delegate* unmanaged[MemberFunction]<nint, nint, nint>)&Aliased);
        return engine;
    }

    private static FakeObject MakeContext(TensorRtAbi abi)
    {
        var context = new FakeObject(abi);
        context.Put(ContextMethods.SetInputShape, (delegate* unmanaged[MemberFunction]<nint, nint, TensorShape*, byte>)&SetInputShape);
        context.Put(ContextMethods.SetTensorAddress, (delegate* unmanaged[MemberFunction]<nint, nint, nint, byte>)&SetTensorAddress);
        context.Put(ContextMethods.GetTensorShape, (delegate* unmanaged[MemberFunction]<nint, nint, TensorShape>)&TensorShape);
        context.Put(ContextMethods.InferShapes, (delegate* unmanaged[MemberFunction]<nint, int, nint, int>)&InferShapes);
        context.Put(ContextMethods.SetOptimizationProfileAsync, (delegate* unmanaged[MemberFunction]<nint, int, nint, byte>)&SetProfile);
        context.Put(ContextMethods.SetDeviceMemoryV2, (delegate* unmanaged[MemberFunction]<nint, nint, long, void>)&SetDeviceMemory);
        context.Put(ContextMethods.EnqueueV3, (delegate* unmanaged[MemberFunction]<nint, nint, byte>)&Enqueue);
        return context;
    }

    private static FakeObject MakeInspector(TensorRtAbi abi)
    {
        var inspector = new FakeObject(abi);
        inspector.Put(EngineInspectorMethods.SetExecutionContext, (delegate* unmanaged[MemberFunction]<nint, nint, byte>)&InspectContext);
        inspector.Put(EngineInspectorMethods.GetLayerInformation, (delegate* unmanaged[MemberFunction]<nint, int, int, nint>)&LayerInformation);
        inspector.Put(EngineInspectorMethods.GetEngineInformation, (delegate* unmanaged[MemberFunction]<nint, int, nint>)&EngineInformation);
        return inspector;
    }

    private static int Index(nint name) => Array.IndexOf(Names, name);

    private static string Name(nint name) => Marshal.PtrToStringUTF8(name)!;

    private static byte Record(string call)
    {
        Calls.Add(call);
        return Works ? (byte)1 : (byte)0;
    }

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvMemberFunction)])]
    private static int TensorCount(nint self) => Names.Length;

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvMemberFunction)])]
    private static nint TensorName(nint self, int index) => Names[index];

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvMemberFunction)])]
    private static int TensorMode(nint self, nint name) => Index(name) < 2 ? 1 : 2;

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvMemberFunction)])]
    private static int TensorType(nint self, nint name) => (int)(Index(name) == 0 ? TensorDataType.Int64 : TensorDataType.Float16);

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvMemberFunction)])]
    private static TensorShape TensorShape(nint self, nint name) => Index(name) switch
    {
        0 => [-1, 4],
        2 => [-1, 10],
        _ => [2, 2],
    };

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvMemberFunction)])]
    private static int TensorLocation(nint self, nint name) => 0;

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvMemberFunction)])]
    private static byte IsShapeInference(nint self, nint name) => 0;

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvMemberFunction)])]
    private static int ProfileCount(nint self) => 2;

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvMemberFunction)])]
    private static TensorShape ProfileShape(nint self, nint name, int profile, int selector) => [(profile * 100) + (selector * 4) + 1, 4];

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvMemberFunction)])]
    private static long MemoryForProfile(nint self, int profile) => (profile + 1L) << 33;

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvMemberFunction)])]
    private static nint CreateContext(nint self, int strategy) => Record($"createExecutionContext {strategy}") == 0 ? 0 : Context.Pointer;

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvMemberFunction)])]
    private static nint Aliased(nint self, nint output) => Index(output) == 3 ? Names[1] : 0;

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvMemberFunction)])]
    private static byte SetInputShape(nint self, nint name, TensorShape* shape) => Quiet ? (byte)1 : Record($"setInputShape {Name(name)} {*shape}");

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvMemberFunction)])]
    private static byte SetTensorAddress(nint self, nint name, nint address) => Quiet ? (byte)1 : Record($"setTensorAddress {Name(name)} {address:x}");

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvMemberFunction)])]
    private static int InferShapes(nint self, int count, nint names) => Record("inferShapes") - 1;

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvMemberFunction)])]
    private static byte SetProfile(nint self, int profile, nint stream) => Record($"setOptimizationProfileAsync {profile} {stream:x}");

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvMemberFunction)])]
    private static void SetDeviceMemory(nint self, nint address, long bytes) => Record($"setDeviceMemoryV2 {address:x} {bytes}");

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvMemberFunction)])]
    private static byte Enqueue(nint self, nint stream) => Quiet ? (byte)1 : Record($"enqueueV3 {stream:x}");

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvMemberFunction)])]
    private static int LayerCount(nint self) => 2;

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvMemberFunction)])]
    private static nint CreateInspector(nint self) => Inspector.Pointer;

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvMemberFunction)])]
    private static byte InspectContext(nint self, nint context) => Record($"setExecutionContext {context == Context.Pointer}");

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvMemberFunction)])]
    private static nint LayerInformation(nint self, int layer, int format) => Record($"getLayerInformation {layer} {format}") == 0 ? 0 : Names[layer];

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvMemberFunction)])]
    private static nint EngineInformation(nint self, int format) => Record($"getEngineInformation {format}") == 0 ? 0 : Names[0];
}
