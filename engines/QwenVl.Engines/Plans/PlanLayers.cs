using System.Text.Json;
using QwenVl.TensorRt;
using QwenVl.TensorRt.Cuda;
using QwenVl.TensorRt.Execution;

namespace QwenVl.Engines.Plans;

/// <summary>Lists the layers of plans that were built with <see cref="PlanBuildOptions.ListLayers"/>.</summary>
public static class PlanLayers
{
    /// <summary>The layers that TensorRT runs. Needs the GPU that the plan is for, since a plan is loaded to tell of itself.</summary>
    /// <param name="library">The library that built the plan.</param>
    /// <param name="planPath">An engine's <c>vision.plan</c> or <c>decoder.plan</c>.</param>
    /// <exception cref="CudaUnavailableException">There is no usable GPU.</exception>
    /// <exception cref="TensorRtException">The plan cannot be loaded.</exception>
    public static IReadOnlyList<PlanLayer> Read(TensorRtLibrary library, string planPath)
    {
        ArgumentNullException.ThrowIfNull(library);
        ArgumentException.ThrowIfNullOrEmpty(planPath);
        using var context = new CudaContext();
        context.MakeCurrent();
        using TensorRtRuntime runtime = library.CreateRuntime();
        using TensorRtEngine engine = runtime.LoadFile(planPath);
        using EngineInspector inspector = engine.CreateInspector();
        return Parse(inspector.EngineInformation());
    }

    /// <summary>The names of the network's layers before TensorRT fused them, as they were listed when the plan was built; no GPU is needed.</summary>
    /// <exception cref="IOException">The plan was built without a list.</exception>
    public static IReadOnlyList<PlanLayer> ReadNetwork(string planPath) => [.. File.ReadLines(ListPath(planPath)).Select(name => new PlanLayer(name, "", ""))];

    /// <summary>Where the network's layers are listed.</summary>
    internal static string ListPath(string planPath) => Path.ChangeExtension(planPath, ".layers.txt");

    /// <summary>What the inspector says: layers are names alone, or objects where the plan tells of them in detail.</summary>
    internal static IReadOnlyList<PlanLayer> Parse(string json)
    {
        using JsonDocument document = JsonDocument.Parse(json);
        if (!document.RootElement.TryGetProperty("Layers", out JsonElement layers) || layers.ValueKind is not JsonValueKind.Array) return [];
        return [.. layers.EnumerateArray().Select(Layer)];
    }

    private static PlanLayer Layer(JsonElement layer)
    {
        if (layer.ValueKind is not JsonValueKind.Object) return new PlanLayer(layer.ToString(), "", "");
        string outputs = layer.TryGetProperty("Outputs", out JsonElement list) && list.ValueKind is JsonValueKind.Array
            ? string.Join("; ", list.EnumerateArray().Where(output => output.ValueKind is JsonValueKind.Object).Select(Output))
            : "";
        return new PlanLayer(Text(layer, "Name"), Text(layer, "LayerType"), outputs);
    }

    private static string Output(JsonElement output) => $"{Text(output, "Format/Datatype")} {Text(output, "Dimensions")}".Trim();

    private static string Text(JsonElement owner, string key) => owner.TryGetProperty(key, out JsonElement value) ? value.ToString() : "";
}
