using System.CommandLine;
using QwenVl.Model.Manifest;

namespace QwenVl.Engines.Tool.Building;

/// <summary>The options that say which runtime an engine is for, and what it computes in.</summary>
internal sealed class DialectChoice
{
    private const string OnnxRuntime = "onnxruntime";
    private const string BFloat16 = "bfloat16";
    private const string Float32 = "float32";

    private readonly Option<string> _dialect = new Option<string>("--dialect")
    {
        Description = "The runtime that operators are chosen for: onnxruntime, tensorrt10 for TensorRT 10.0 to 10.14, or tensorrt11 for later ones. With --trt it follows from the library's version, unless named.",
        DefaultValueFactory = _ => OnnxRuntime,
    }.AcceptOnlyFromAmong(OnnxRuntime, "tensorrt10", "tensorrt11");

    private readonly Option<string?> _compute = new Option<string?>("--compute")
    {
        Description = "What weights that are not quantised are computed in: bfloat16 or float32. Default: bfloat16 for TensorRT, else float32.",
    }.AcceptOnlyFromAmong(BFloat16, Float32);

    /// <summary>Adds the options to a command.</summary>
    public void AddTo(Command command)
    {
        command.Options.Add(_dialect);
        command.Options.Add(_compute);
    }

    /// <param name="arguments">The command line.</param>
    /// <param name="usual">The dialect where the command line names none; null: ONNX Runtime's.</param>
    public EngineDialect Dialect(ParseResult arguments, EngineDialect? usual = null) =>
        usual is { } dialect && arguments.GetResult(_dialect) is null or { Implicit: true } ? dialect : Enum.Parse<EngineDialect>(arguments.GetRequiredValue(_dialect), ignoreCase: true);

    /// <summary>How weights are held that are not quantised.</summary>
    public WeightFormat Compute(ParseResult arguments, EngineDialect dialect) => arguments.GetValue(_compute) switch
    {
        BFloat16 => WeightFormat.BFloat16,
        Float32 => WeightFormat.Float32,
        _ => dialect is EngineDialect.OnnxRuntime ? WeightFormat.Float32 : WeightFormat.BFloat16,
    };
}
