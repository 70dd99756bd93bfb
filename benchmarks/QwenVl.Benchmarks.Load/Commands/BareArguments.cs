using System.CommandLine;
using QwenVl.Benchmarks.Load.Bare;
using QwenVl.Cli;

namespace QwenVl.Benchmarks.Load.Commands;

/// <summary>The options of the bare backend's measurement.</summary>
internal sealed class BareArguments
{
    private const int SideFactor = 32;
    private readonly Option<string?> _checkpoint = new("--bare-model") { Description = "The checkpoint whose tower runs bare. Default: the embedded one that clients run." };
    private readonly Option<int> _side = new("--bare-side") { Description = "Pixels a side of its pictures, a multiple of 32. Default 512.", DefaultValueFactory = _ => 512 };
    private readonly Option<double> _seconds = new("--bare-seconds") { Description = "Seconds for each batch size. Default 10.", DefaultValueFactory = _ => 10 };
    private readonly Option<int> _threads = new("--bare-threads") { Description = "Threads of a run, as the server's --threads. Default: one a core.", DefaultValueFactory = _ => 0 };

    /// <summary>Adds the options.</summary>
    public void AddTo(Command command)
    {
        foreach (Option option in (Option[])[_checkpoint, _side, _seconds, _threads]) command.Options.Add(option);
    }

    /// <summary>Measures what a run or a search wants to compare with.</summary>
    /// <param name="arguments">The command line.</param>
    /// <param name="batchSizes">Pictures a run; none measures nothing.</param>
    /// <param name="cancellation">Ends it early.</param>
    /// <exception cref="LoadException">A value is out of range.</exception>
    public async Task<IReadOnlyList<BareRate>> MeasureAsync(ParseResult arguments, IReadOnlyList<int> batchSizes, CancellationToken cancellation) =>
        batchSizes.Count > 0 ? await BareMeasurement.RunAsync(Read(arguments, batchSizes), TimeProvider.System, cancellation) : [];

    /// <summary>What they say.</summary>
    /// <exception cref="LoadException">A value is out of range.</exception>
    public BareOptions Read(ParseResult arguments, IReadOnlyList<int> batchSizes)
    {
        int side = arguments.GetValue(_side);
        if (side < SideFactor || side % SideFactor != 0) throw new LoadException($"--bare-side is {side}: it takes a multiple of {SideFactor}.");
        if (batchSizes.FirstOrDefault(size => size is < 1 or > 8) is var wrong and not 0) throw new LoadException($"A batch of {wrong} pictures: 1 to 8 are taken.");
        return new BareOptions(
            Path.GetFullPath(arguments.GetValue(_checkpoint) ?? RepositoryFolder.DeviceCheckpoint), [.. batchSizes.Order()], side, TimeSpan.FromSeconds(arguments.GetValue(_seconds)), arguments.GetValue(_threads));
    }
}
