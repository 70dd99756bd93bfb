using QwenVl.Engines.Building;
using QwenVl.Engines.Caching;
using QwenVl.Model.Manifest;
using Spectre.Console;

namespace QwenVl.Cli.Devices;

/// <summary>Finds the device's engines, and builds them at first use: a 4-bit decoder and a vision tower in float32.</summary>
internal static class DeviceEngineFolder
{
    private static readonly EngineBuildOptions Device = new()
    {
        Dialect = EngineDialect.OnnxRuntime,
        VisionWeights = WeightFormat.Float32,
        DecoderWeights = WeightFormat.Int4Block32,
    };

    /// <param name="folder">A folder of built engines, which is taken as it is, or of a checkpoint.</param>
    /// <param name="console">Shows how far building is.</param>
    /// <param name="cancellationToken">Stops building; nothing half-built stays.</param>
    /// <returns>A folder of engines.</returns>
    public static async Task<string> FindOrBuildAsync(string folder, IAnsiConsole console, CancellationToken cancellationToken)
    {
        if (!Directory.Exists(folder)) throw new CliException($"{folder}: no such folder; --device-model takes a checkpoint or built engines.");
        if (File.Exists(Path.Combine(folder, EngineDirectory.ManifestName))) return folder;
        EngineDirectory? engine = null;
        await console.Progress().AutoClear(true).HideCompleted(true)
            .Columns(new TaskDescriptionColumn { Alignment = Justify.Left }, new ProgressBarColumn(), new PercentageColumn())
            .StartAsync(async context =>
            {
                ProgressTask task = context.AddTask("Building the device's engines", maxValue: 1);
                engine = await new EngineCache(EngineCache.DefaultRoot).GetOrBuildAsync(folder, Device, new Steps(task), cancellationToken);
                task.Value = 1;
            });
        return engine!.Path;
    }

    private sealed class Steps(ProgressTask task) : IProgress<EngineBuildProgress>
    {
        public void Report(EngineBuildProgress value)
        {
            task.Description = $"Building the device's engines: {value.Stage}";
            task.Value = value.Fraction;
        }
    }
}
