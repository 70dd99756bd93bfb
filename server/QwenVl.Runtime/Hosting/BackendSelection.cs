using Microsoft.Extensions.Logging;
using QwenVl.Runtime.Configuration;

namespace QwenVl.Runtime.Hosting;

/// <summary>Chooses what runs the models.</summary>
public static partial class BackendSelection
{
    /// <summary>Opens the backend that the options ask for.</summary>
    /// <param name="use">Whether TensorRT is wanted.</param>
    /// <param name="tensorRt">Opens TensorRT; throws <see cref="BackendUnavailableException"/> where that cannot be.</param>
    /// <param name="onnxRuntime">Opens ONNX Runtime, which is always there.</param>
    /// <param name="log">Told of the choice.</param>
    /// <exception cref="BackendUnavailableException">TensorRT is insisted on and cannot be had.</exception>
    public static IBackend Choose(TensorRtUse use, Func<IBackend> tensorRt, Func<IBackend> onnxRuntime, ILogger log)
    {
        ArgumentNullException.ThrowIfNull(tensorRt);
        ArgumentNullException.ThrowIfNull(onnxRuntime);
        if (use is TensorRtUse.Off) return onnxRuntime();
        try
        {
            return tensorRt();
        }
        catch (BackendUnavailableException missing) when (use is TensorRtUse.Auto)
        {
            FellBack(log, missing.Message);
            return onnxRuntime();
        }
    }

    [LoggerMessage(1, LogLevel.Warning, "TensorRT is not used: {Reason} ONNX Runtime runs the models on the CPU.")]
    private static partial void FellBack(ILogger log, string reason);
}
