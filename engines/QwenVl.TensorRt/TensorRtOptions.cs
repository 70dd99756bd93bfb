using Microsoft.Extensions.Logging;

namespace QwenVl.TensorRt;

/// <summary>Where TensorRT is and who hears its log.</summary>
public sealed record TensorRtOptions
{
    /// <summary>
    /// The folder with the libraries, or the file of the inference library itself; nothing else is searched then. By default
    /// the loader's path (LD_LIBRARY_PATH), Python's packages and the usual folders of packages and archives, in this order.
    /// </summary>
    public string? Location { get; init; }

    /// <summary>The product wanted; by default what is found first. In one place TensorRT goes before TensorRT-RTX, a newer major before an older.</summary>
    public TensorRtProduct? Product { get; init; }

    /// <summary>The file of the ONNX parser's library; by default the one beside the inference library, else the loader's.</summary>
    public string? ParserLibrary { get; init; }

    /// <summary>Hears TensorRT's messages from now until the process ends; see <see cref="Logging.TensorRtLog"/> to end it earlier.</summary>
    public ILogger? Logger { get; init; }
}
