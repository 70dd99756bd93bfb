using System.CommandLine;
using System.Diagnostics;
using QwenVl.Engines.Building;
using QwenVl.Engines.Dialects;
using QwenVl.Engines.Plans;
using QwenVl.Engines.Tool.Building;
using QwenVl.Engines.Tool.Checkpoints;
using QwenVl.Engines.Tool.Display;
using QwenVl.Model.Checkpoints;
using QwenVl.Model.Manifest;

namespace QwenVl.Engines.Tool.Commands;

/// <summary><c>build DIR</c>: writes a checkpoint's engine into a folder, or into the cache.</summary>
internal static class BuildCommand
{
    private static readonly Argument<string> Source = CheckpointArgument.Create();
    private static readonly Option<string?> Out = new("--out") { Description = "Folder of the engine, which must not exist. Default: a folder of the engine cache." };

    private static readonly DialectChoice Dialect = new();
    private static readonly EngineChoice Choice = new();
    private static readonly PlanChoice Plans = new("Builds TensorRT plans too. The dialect follows from the version of the TensorRT library that is found.");

    public static Command Create()
    {
        var command = new Command("build", "Builds the engine of a checkpoint. Weights that are not quantised stay where they are, and the engine refers to them.") { Source, Out };
        Dialect.AddTo(command);
        Choice.AddTo(command);
        Plans.AddTo(command);
        command.SetAction(RunAsync);
        return command;
    }

    private static async Task RunAsync(ParseResult arguments, CancellationToken cancellationToken)
    {
        var console = new ToolConsole(arguments);
        string directory = CheckpointArgument.Read(arguments, Source);
        PlanBuildOptions? plans = Plans.Read(arguments);
        EngineDialect dialect = Dialect.Dialect(arguments, plans is null ? null : TensorRtDialects.For(plans.Library.Version.Number));
        EngineBuildOptions options = Choice.Read(arguments, dialect, Dialect.Compute(arguments, dialect), plans);
        string? target = arguments.GetValue(Out);
        StageClock? clock = null;
        EngineDirectory engine = await console.WithProgressAsync("Building", async line =>
        {
            options = await Choice.CalibrateAsync(arguments, directory, options, line, cancellationToken);
            clock = new StageClock(TimeProvider.System, line);
            return await (target is null
                ? Choice.Cache(arguments).GetOrBuildAsync(directory, options, clock, cancellationToken)
                : Task.Run(() => Build(directory, options, target, clock, cancellationToken), cancellationToken));
        });
        Report(console, engine, clock!);
        if (plans is not null) PlanReport.Write(console, engine, plans);
    }

    private static EngineDirectory Build(string directory, EngineBuildOptions options, string target, StageClock clock, CancellationToken cancellationToken)
    {
        // Before gigabytes are hashed in vain.
        if (Path.Exists(target)) throw new ToolException($"{Path.GetFullPath(target)}: exists already; delete it or name another folder.");
        using Checkpoint checkpoint = Checkpoint.Open(directory);
        CheckpointFingerprint fingerprint = CheckpointFingerprint.Compute(checkpoint, new FingerprintProgress(clock), cancellationToken);
        EngineBuilder.Build(checkpoint, fingerprint, options, target, clock, cancellationToken);
        return EngineDirectory.Open(target);
    }

    private static void Report(ToolConsole console, EngineDirectory engine, StageClock clock)
    {
        console.WriteLine(engine.Path);
        console.Write(EngineTable.Create(engine));
        IReadOnlyList<(string Stage, TimeSpan Time)> times = clock.Times();
        string total = Quantities.Seconds(times.Aggregate(TimeSpan.Zero, (sum, stage) => sum + stage.Time));
        string stages = string.Join(", ", times.Select(stage => $"{stage.Stage} {Quantities.Seconds(stage.Time)}"));
        console.WriteLine(clock.Built ? $"built in {total} ({stages})" : $"found in the cache in {total}");
        using var process = Process.GetCurrentProcess();
        // Not every system keeps this number.
        if (process.PeakWorkingSet64 > 0) console.WriteLine($"peak memory {Quantities.Bytes(process.PeakWorkingSet64)}");
    }
}
