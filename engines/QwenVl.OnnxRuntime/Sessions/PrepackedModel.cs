using System.Globalization;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics.Arm;
using System.Runtime.Intrinsics.X86;
using System.Security.Cryptography;
using System.Text;
using Microsoft.ML.OnnxRuntime;

namespace QwenVl.OnnxRuntime.Sessions;

/// <summary>
/// A graph as this processor's kernels read it: optimised, with packed weights in a file that is mapped. Kept under a name that
/// says for which graph, runtime and processor, since packed weights of another kind are wrong without being refused.
/// </summary>
internal sealed class PrepackedModel
{
    private const string ModelName = "model.onnx";
    private const string WeightsName = "model.weights.bin";
    private const int KeyCharacters = 24;
    private readonly string _folder;

    private PrepackedModel(string folder) => _folder = folder;

    /// <summary>The graph's path; the weights lie beside it.</summary>
    public string ModelPath => Path.Combine(_folder, ModelName);

    /// <summary>Whether it is there, whole.</summary>
    public bool IsWritten => Directory.Exists(_folder);

    /// <param name="root">The folder of all of them.</param>
    /// <param name="modelPath">The graph.</param>
    public static PrepackedModel In(string root, string modelPath)
    {
        var weights = new FileInfo(Path.ChangeExtension(modelPath, ".weights.bin"));
        var text = new StringBuilder();
        text.AppendLine(Convert.ToHexString(SHA256.HashData(File.ReadAllBytes(modelPath))));
        if (weights.Exists) text.AppendLine(CultureInfo.InvariantCulture, $"{weights.Length} {weights.LastWriteTimeUtc.Ticks}");
        text.AppendLine(OrtEnv.Instance().GetVersionString()).AppendLine(Processor());
        string key = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text.ToString())));
        return new PrepackedModel(Path.Combine(Path.GetFullPath(root), key[..KeyCharacters]));
    }

    /// <summary>Maps weights without copying them; of no use unless they are packed.</summary>
    public static void AddReading(SessionOptions session) => session.AddSessionConfigEntry("session.use_external_initializer_file_buffers_directly", "1");

    /// <summary>Writes it into a folder that nobody else sees yet, and publishes that.</summary>
    /// <param name="session">The options that <paramref name="load"/> uses.</param>
    /// <param name="load">Loads the graph, which writes it.</param>
    /// <exception cref="IOException">The disk is full or read only.</exception>
    public void Write(SessionOptions session, Action load)
    {
        string partial = $"{_folder}.{Guid.NewGuid():N}.partial";
        Directory.CreateDirectory(partial);
        try
        {
            session.OptimizedModelFilePath = Path.Combine(partial, ModelName);
            session.AddSessionConfigEntry("session.save_external_prepacked_constant_initializers", "1");
            session.AddSessionConfigEntry("session.optimized_model_external_initializers_file_name", WeightsName);
            session.AddSessionConfigEntry("session.optimized_model_external_initializers_min_size_in_bytes", "1024");
            load();
            if (!IsWritten) Directory.Move(partial, _folder);
        }
        finally
        {
            if (Directory.Exists(partial)) Directory.Delete(partial, recursive: true);
        }
    }

    /// <summary>What the runtime chooses its kernels by.</summary>
    private static string Processor()
    {
        string architecture = RuntimeInformation.ProcessArchitecture.ToString();
        if (X86Base.IsSupported)
        {
            (int signature, _, _, _) = X86Base.CpuId(1, 0);
            (_, int features, int moreFeatures, int lastFeatures) = X86Base.CpuId(7, 0);
            (int vectorFeatures, _, _, _) = X86Base.CpuId(7, 1);
            return string.Create(CultureInfo.InvariantCulture, $"{architecture} {signature:x} {features:x} {moreFeatures:x} {lastFeatures:x} {vectorFeatures:x}");
        }

        return string.Create(CultureInfo.InvariantCulture, $"{architecture} {AdvSimd.IsSupported} {Dp.IsSupported} {Rdm.IsSupported} {Sha256.IsSupported}");
    }
}
