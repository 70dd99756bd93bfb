using System.Globalization;
using Microsoft.ML.OnnxRuntime;
using QwenVl.Model.Checkpoints;
using QwenVl.Model.Manifest;

namespace QwenVl.OnnxRuntime.Sessions;

/// <summary>Loads one graph of an engine, whose weights may lie in the checkpoint's folder.</summary>
internal static class SessionLoader
{
    private const string WeightsFolderKey = "session.model_external_initializers_file_folder_path";

    /// <param name="engine">The engine.</param>
    /// <param name="modelPath">One of its graphs.</param>
    /// <param name="weightsFolder">What the graph's external data is relative to.</param>
    /// <param name="options">How the runtime works.</param>
    public static InferenceSession Load(EngineDirectory engine, string modelPath, string weightsFolder, OnnxRuntimeOptions options)
    {
        if (engine.Manifest.Dialect is not EngineDialect.OnnxRuntime)
            throw new CheckpointException($"{engine.Path}: built for the {engine.Manifest.Dialect} dialect; ONNX Runtime needs the {EngineDialect.OnnxRuntime} dialect.");
        try
        {
            using SessionOptions session = CreateOptions(options);
            // The runtime takes this setting for graphs from memory alone.
            session.AddSessionConfigEntry(WeightsFolderKey, weightsFolder);
            return new InferenceSession(File.ReadAllBytes(modelPath), session);
        }
        catch (Exception error) when (error is OnnxRuntimeException or IOException)
        {
            throw new CheckpointException($"{modelPath}: ONNX Runtime cannot load it ({error.Message.ReplaceLineEndings(" ")})", error);
        }
    }

    private static SessionOptions CreateOptions(OnnxRuntimeOptions options)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(options.IntraOpThreads);
        var session = new SessionOptions
        {
            GraphOptimizationLevel = GraphOptimizationLevel.ORT_ENABLE_ALL,
            ExecutionMode = ExecutionMode.ORT_SEQUENTIAL,
            IntraOpNumThreads = options.IntraOpThreads,
            LogSeverityLevel = OrtLoggingLevel.ORT_LOGGING_LEVEL_ERROR,
            EnableCpuMemArena = options.KeepRunMemory,
            EnableMemoryPattern = options.KeepRunMemory,
        };
        session.AddSessionConfigEntry("session.intra_op.allow_spinning", (options.Spin ? 1 : 0).ToString(CultureInfo.InvariantCulture));
        return session;
    }
}
