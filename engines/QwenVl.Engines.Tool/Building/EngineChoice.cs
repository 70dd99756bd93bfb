using System.CommandLine;
using QwenVl.Engines.Building;
using QwenVl.Engines.Caching;
using QwenVl.Engines.Plans;
using QwenVl.Engines.Tool.Display;
using QwenVl.Model.Manifest;

namespace QwenVl.Engines.Tool.Building;

/// <summary>The options that say which engine of a checkpoint is meant.</summary>
internal sealed class EngineChoice
{
    private const string None = "none";
    private const string Int4 = "int4";
    private const string Int8 = "int8";
    private const string Int8Dynamic = "int8-dynamic";
    private const string Float32 = "float32";
    private const string Shared = "shared";
    private const string Whole = "whole";

    private readonly Option<string> _quantize = new Option<string>("--quantize")
    {
        Description = "How the decoder's linear layers are held: none, as they are in the checkpoint, or int4.",
        DefaultValueFactory = _ => None,
    }.AcceptOnlyFromAmong(None, Int4);

    private readonly Option<int> _block = new Option<int>("--block")
    {
        Description = "Numbers that share a scale in int4: 32 is finer, 128 is faster.",
        DefaultValueFactory = _ => 32,
    }.AcceptOnlyFromAmong("32", "128");

    private readonly Option<string> _vision = new Option<string>("--vision")
    {
        Description = "How the vision tower's linear layers are held: none, as they are in the checkpoint; int8; or int8-dynamic, which rounds activations by the whole tensor too and is faster.",
        DefaultValueFactory = _ => None,
    }.AcceptOnlyFromAmong(None, Int8, Int8Dynamic);

    private readonly Option<string> _embedding = new Option<string>("--embedding")
    {
        Description = "Where a quantised decoder reads embeddings: shared, from the head's own bytes where the checkpoint ties both, or whole, a table as it is in the checkpoint.",
        DefaultValueFactory = _ => Shared,
    }.AcceptOnlyFromAmong(Shared, Whole);

    private readonly Option<string> _keyValue = new Option<string>("--kv")
    {
        Description = "How keys and values are kept: float32, or int8, which needs --calibrate.",
        DefaultValueFactory = _ => Float32,
    }.AcceptOnlyFromAmong(Float32, Int8);

    private readonly Option<string?> _calibrate = new("--calibrate") { Description = "Folder with pictures.jsonl, as draw writes it, on which keys and values are measured for --kv int8." };

    private readonly Option<string?> _cache = new("--cache") { Description = "Folder of the engine cache. Default: the user's." };

    /// <summary>Adds the options to a command.</summary>
    public void AddTo(Command command)
    {
        foreach (Option option in (Option[])[_quantize, _block, _vision, _embedding, _keyValue, _calibrate, _cache]) command.Options.Add(option);
    }

    /// <summary>The first option that says how weights are quantised, where the command line has one.</summary>
    public string? Quantising(ParseResult arguments) =>
        ((Option[])[_quantize, _block, _vision, _embedding, _keyValue]).FirstOrDefault(option => arguments.GetResult(option) is { Implicit: false })?.Name;

    /// <summary>The folder that built engines are kept in.</summary>
    public EngineCache Cache(ParseResult arguments) => new(arguments.GetValue(_cache) ?? EngineCache.DefaultRoot);

    /// <param name="arguments">The command line.</param>
    /// <param name="dialect">Which operators the graphs use.</param>
    /// <param name="whole">How weights are held that are not quantised.</param>
    /// <param name="plans">How TensorRT builds plans; null where none are wanted.</param>
    /// <exception cref="ToolException">The options contradict each other.</exception>
    public EngineBuildOptions Read(
        ParseResult arguments,
        EngineDialect dialect = EngineDialect.OnnxRuntime,
        WeightFormat whole = WeightFormat.Float32,
        PlanBuildOptions? plans = null)
    {
        bool int4 = arguments.GetValue(_quantize) == Int4;
        if (!int4 && arguments.GetResult(_block) is { Implicit: false })
            throw new ToolException("--block says how int4 is cut: add --quantize int4, or leave --block out.");
        if (arguments.GetValue(_keyValue) == Int8 && dialect is not EngineDialect.OnnxRuntime)
            throw new ToolException("--kv int8 is for ONNX Runtime: leave --dialect and --trt out, or --kv.");
        if (arguments.GetValue(_keyValue) == Int8 && arguments.GetValue(_calibrate) is null)
            throw new ToolException("--kv int8 rounds by what was measured: add --calibrate with a folder of pictures and questions.");
        var options = new EngineBuildOptions
        {
            Dialect = dialect,
            VisionWeights = arguments.GetValue(_vision) switch { Int8 => WeightFormat.Int8, Int8Dynamic => WeightFormat.Int8Dynamic, _ => whole },
            DecoderWeights = !int4 ? whole : arguments.GetValue(_block) == 128 ? WeightFormat.Int4Block128 : WeightFormat.Int4Block32,
            SharesEmbedding = arguments.GetValue(_embedding) == Shared,
            Plans = plans,
        };
        try
        {
            options.Validate();
        }
        catch (ArgumentException problem)
        {
            throw new ToolException(problem.Message, problem);
        }

        return options;
    }

    /// <summary>Measures what the options need to be measured: the scales of a cache of 8 bits.</summary>
    /// <param name="arguments">The command line.</param>
    /// <param name="directory">The checkpoint.</param>
    /// <param name="options">From <see cref="Read"/>.</param>
    /// <param name="progress">Is told how far it is.</param>
    /// <param name="cancellationToken">Ends the work early.</param>
    public async Task<EngineBuildOptions> CalibrateAsync(ParseResult arguments, string directory, EngineBuildOptions options, ProgressLine progress, CancellationToken cancellationToken)
    {
        if (arguments.GetValue(_keyValue) != Int8) return options;
        return options with { CacheScales = await CacheCalibration.MeasureAsync(directory, options, arguments.GetValue(_calibrate)!, Cache(arguments), progress, cancellationToken) };
    }
}
