using QwenVl.Engines.Plans;
using QwenVl.Engines.Tool.Display;
using QwenVl.Model.Manifest;
using QwenVl.TensorRt;
using QwenVl.TensorRt.Cuda;
using Spectre.Console;

namespace QwenVl.Engines.Tool.Building;

/// <summary>Tells of an engine's plans.</summary>
internal static class PlanReport
{
    public static void Write(ToolConsole console, EngineDirectory engine, PlanBuildOptions options)
    {
        EnginePlans plans = engine.Manifest.Plans!;
        console.WriteLine($"plans of {plans.Product} {plans.Version} for {plans.GpuArchitecture}, level {plans.OptimizationLevel}: "
            + $"vision {Quantities.Seconds(TimeSpan.FromSeconds(plans.Vision.Seconds))}, decoder {Quantities.Seconds(TimeSpan.FromSeconds(plans.Decoder.Seconds))}");
        if (!options.ListLayers) return;
        WriteLayers(console, options.Library, engine.VisionPlanPath!);
        WriteLayers(console, options.Library, engine.DecoderPlanPath!);
    }

    private static Table Layers(IReadOnlyList<PlanLayer> layers)
    {
        if (layers.All(layer => layer.Type.Length == 0 && layer.Outputs.Length == 0))
        {
            Table names = Tables.Create("layer");
            foreach (PlanLayer layer in layers) names.AddRow(new Text(Printable.Of(layer.Name)));
            return names;
        }

        Table table = Tables.Create("layer", "type", "gives");
        foreach (PlanLayer layer in layers) table.AddRow(new Text(Printable.Of(layer.Name)), new Text(Printable.Of(layer.Type)), new Text(Printable.Of(layer.Outputs)));
        return table;
    }

    private static void WriteLayers(ToolConsole console, TensorRtLibrary library, string plan)
    {
        string name = Path.GetFileName(plan);
        IReadOnlyList<PlanLayer> layers;
        try
        {
            layers = PlanLayers.Read(library, plan);
            console.WriteLine($"{name}: {Quantities.Count(layers.Count)} layers");
        }
        catch (Exception problem) when (problem is CudaUnavailableException or CudaException or TensorRtException)
        {
            layers = PlanLayers.ReadNetwork(plan);
            console.WriteLine(Printable.Of($"{name}: cannot be loaded here ({problem.Message}) The {Quantities.Count(layers.Count)} layers of the network, before TensorRT fused them:"));
        }

        console.Write(Layers(layers));
    }
}
