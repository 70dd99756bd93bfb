using System.CommandLine;
using QwenVl.Engines.Plans;
using QwenVl.TensorRt;
using QwenVl.TensorRt.Cuda;

namespace QwenVl.Engines.Tool.Building;

/// <summary>The options that say whether TensorRT builds plans, and how.</summary>
/// <param name="wanted">What <c>--trt</c> is for, for people.</param>
/// <param name="forHere">Whether the plans are run at once, and so are for the GPU of this process alone.</param>
internal sealed class PlanChoice(string wanted, bool forHere = false)
{
    private const long Megabyte = 1_000_000;

    private static readonly PlanLimits Usual = new();

    private readonly Option<bool> _trt = new("--trt") { Description = wanted };
    private readonly Option<string?> _path = new("--trt-path") { Description = "Folder of TensorRT's libraries. Default: LD_LIBRARY_PATH, Python's packages, the usual folders." };
    private readonly Option<int?> _batch = new("--max-batch-size") { Description = $"Most pictures, and sequences, of one run. Default: {Usual.MaxBatch}." };
    private readonly Option<int?> _sequence = new("--max-sequence") { Description = $"Most tokens of a sequence, a multiple of 64. Default: {Usual.MaxSequence}." };
    private readonly Option<int?> _chunk = new("--max-chunk") { Description = $"Most tokens of a prompt that one run reads. Default: {Usual.MaxChunk}." };
    private readonly Option<int?> _level = new("--level") { Description = $"How long TensorRT looks for fast kernels: 0 to 5. Default: {PlanBuildOptions.DefaultOptimizationLevel}." };
    private readonly Option<long?> _workspace = new("--workspace-mb") { Description = "Most device memory of a layer's intermediate results, in megabytes. Default: all there is." };
    private readonly Option<int[]> _architectures = new("--sm") { Description = "TensorRT-RTX alone: compute capability of the GPU that plans are for, such as 89; again for more. Default: the GPU present.", DefaultValueFactory = _ => [] };
    private readonly Option<string?> _timings = new("--timing-cache") { Description = "File of kernels' timings, read and replaced. TensorRT-RTX has no use for it." };
    private readonly Option<bool> _list = new("--list-layers") { Description = "Lists the plans' layers; where no GPU can load them, the networks' layers before TensorRT fused them." };

    private readonly Option<int> _device = new("--device") { Description = "The GPU that TensorRT builds on. Default 0. TensorRT-RTX needs none." };

    private IEnumerable<Option> Details => [_path, _batch, _sequence, _chunk, _level, _workspace, _timings, .. forHere ? (Option[])[] : [_architectures, _list, _device]];

    /// <summary>Adds the options to a command.</summary>
    public void AddTo(Command command)
    {
        command.Options.Add(_trt);
        foreach (Option option in Details) command.Options.Add(option);
    }

    /// <summary>Whether plans are wanted.</summary>
    /// <exception cref="ToolException">They are not, but something is said of how to build them.</exception>
    public bool IsWanted(ParseResult arguments)
    {
        if (arguments.GetValue(_trt)) return true;
        Option? stray = Details.FirstOrDefault(option => arguments.GetResult(option) is { Implicit: false });
        return stray is null ? false : throw new ToolException($"{stray.Name} says how plans are built: add --trt, or leave {stray.Name} out.");
    }

    /// <summary>Where TensorRT is; null where it is to be looked for.</summary>
    public string? LibraryPath(ParseResult arguments) => arguments.GetValue(_path);

    /// <returns>How plans are built; null where none are wanted.</returns>
    /// <exception cref="ToolException">There is no library or no GPU, or the options contradict each other.</exception>
    public PlanBuildOptions? Read(ParseResult arguments)
    {
        if (!IsWanted(arguments)) return null;
        TensorRtLibrary library = Load(LibraryPath(arguments));
        int device = arguments.GetValue(_device);
        return Read(arguments, library, Architecture(library, arguments.GetValue(_architectures) ?? [], device), device);
    }

    /// <param name="arguments">The command line.</param>
    /// <param name="library">What builds.</param>
    /// <param name="architecture">The GPUs that plans are for.</param>
    /// <param name="device">The GPU that builds them.</param>
    public PlanBuildOptions Read(ParseResult arguments, TensorRtLibrary library, string architecture, int device)
    {
        int batch = arguments.GetValue(_batch) ?? Usual.MaxBatch, sequence = arguments.GetValue(_sequence) ?? Usual.MaxSequence;
        return new PlanBuildOptions
        {
            Library = library,
            GpuArchitecture = architecture,
            DeviceIndex = device,
            Limits = new PlanLimits
            {
                MaxBatch = batch,
                MaxPrefillBatch = Math.Min(Usual.MaxPrefillBatch, batch),
                MaxSequence = sequence,
                MaxChunk = arguments.GetValue(_chunk) ?? Math.Min(Usual.MaxChunk, sequence),
            },
            OptimizationLevel = arguments.GetValue(_level) ?? PlanBuildOptions.DefaultOptimizationLevel,
            WorkspaceBytes = arguments.GetValue(_workspace) * Megabyte,
            TimingCachePath = arguments.GetValue(_timings),
            ListLayers = !forHere && arguments.GetValue(_list),
        };
    }

    /// <summary>What to say where there is no library.</summary>
    public static ToolException Missing(TensorRtNotFoundException problem)
    {
        // The loader ends each reason with advice of several sentences.
        string tried = string.Join("; ", problem.Tried.Select(line => line.Split(". ")[0].TrimEnd('.')));
        return new ToolException($"no usable TensorRT or TensorRT-RTX library was found. Install one, or name its folder with --trt-path. Tried: {(tried.Length == 0 ? "nothing" : tried)}.", problem);
    }

    private static TensorRtLibrary Load(string? path)
    {
        try
        {
            return TensorRtLibrary.Load(new TensorRtOptions { Location = path });
        }
        catch (TensorRtNotFoundException problem)
        {
            throw Missing(problem);
        }
        catch (NotSupportedException problem)
        {
            throw new ToolException(problem.Message, problem);
        }
    }

    private static string Architecture(TensorRtLibrary library, int[] named, int device)
    {
        bool rtx = library.Version.Product is TensorRtProduct.TensorRtRtx;
        if (named.Length > 0 && !rtx) throw new ToolException($"--sm is for TensorRT-RTX; {library.Version} builds for the GPU that it runs on. Leave --sm out.");
        if (named.Length > 0) return GpuArchitecture.Of(named);
        try
        {
            return GpuArchitecture.Present(device);
        }
        catch (Exception problem) when (problem is CudaUnavailableException or CudaException or ArgumentOutOfRangeException)
        {
            string way = rtx ? "Name the GPU that plans are for, for example --sm 89." : $"{library.Version} builds on the GPU that its plans are for; TensorRT-RTX builds without one.";
            throw new ToolException($"{problem.Message} {way}", problem);
        }
    }
}
