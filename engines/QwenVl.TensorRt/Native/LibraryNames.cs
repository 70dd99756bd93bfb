namespace QwenVl.TensorRt.Native;

/// <summary>The files of the products and majors that are known, the newest first.</summary>
internal static class LibraryNames
{
    public const string TensorRt = "libnvinfer.so.";
    public const string Parser = "libnvonnxparser.so.";

    private static readonly string[] OfTensorRt = ["libnvinfer.so.11", "libnvinfer.so.10"];
    private static readonly string[] OfRtx = ["libtensorrt_rtx.so.1"];

    public static IEnumerable<string> Inference(TensorRtProduct? product) => product switch
    {
        TensorRtProduct.TensorRt => OfTensorRt,
        TensorRtProduct.TensorRtRtx => OfRtx,
        _ => [.. OfTensorRt, .. OfRtx],
    };

    /// <summary>The parser that goes with a version.</summary>
    public static string ParserOf(TensorRtVersion version) =>
        version.Product is TensorRtProduct.TensorRtRtx ? "libtensorrt_onnxparser_rtx.so.1" : $"{Parser}{version.Major}";
}
