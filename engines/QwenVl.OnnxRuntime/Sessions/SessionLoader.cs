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
    /// <param name="prepacked">Where the graph's weights are kept as the processor reads them; null where they are not.</param>
    public static InferenceSession Load(EngineDirectory engine, string modelPath, string weightsFolder, OnnxRuntimeOptions options, PrepackedModel? prepacked = null)
    {
        if (engine.Manifest.Dialect is not EngineDialect.OnnxRuntime)
            throw new CheckpointException($"{engine.Path}: built for the {engine.Manifest.Dialect} dialect; ONNX Runtime needs the {EngineDialect.OnnxRuntime} dialect.");
        try
        {
            if (prepacked is { IsWritten: true })
            {
                using SessionOptions mapped = CreateOptions(options);
                PrepackedModel.AddReading(mapped);
                return new InferenceSession(prepacked.ModelPath, mapped);
            }

            using SessionOptions session = CreateOptions(options);
            // The runtime takes this setting for graphs from memory alone.
            session.AddSessionConfigEntry(WeightsFolderKey, weightsFolder);
            byte[] model = File.ReadAllBytes(modelPath);
            if (prepacked is null) return new InferenceSession(model, session);
            prepacked.Write(session, () => new InferenceSession(model, session).Dispose());
            return Load(engine, modelPath, weightsFolder, options, prepacked);
        }
        catch (Exception error) when (error is OnnxRuntimeException or IOException or UnauthorizedAccessException)
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
