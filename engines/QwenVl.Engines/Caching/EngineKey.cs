using System.Globalization;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text;
using QwenVl.Engines.Building;
using QwenVl.Engines.Plans;
using QwenVl.Model.Checkpoints;
using QwenVl.Model.Manifest;

namespace QwenVl.Engines.Caching;

/// <summary>The folder name under which an engine is kept: equal for equal results.</summary>
internal static class EngineKey
{
    private const int HashCharacters = 24;

    public static string Of(Checkpoint checkpoint, CheckpointFingerprint fingerprint, EngineBuildOptions options)
    {
        var text = new StringBuilder();
        text.Append(CultureInfo.InvariantCulture, $"{EngineEmitter.Version} {EngineManifest.CurrentFormatVersion} {EngineManifest.CurrentPreprocessingVersion}\n");
        text.Append(CultureInfo.InvariantCulture, $"{fingerprint.Model} {fingerprint.Tokenizer}\n");
        // These are copied, and say more than the fingerprint: which tokens end an answer.
        foreach (string file in (string[])["config.json", "generation_config.json"])
        {
            string path = Path.Combine(checkpoint.Directory, file);
            text.AppendLine(File.Exists(path) ? Convert.ToHexStringLower(SHA256.HashData(File.ReadAllBytes(path))) : "none");
        }

        if (options.Dialect is not EngineDialect.OnnxRuntime) text.Append(CultureInfo.InvariantCulture, $"{options.TopTokens} {options.GraphCapacity}\n");
        if (options.DecoderWeights.IsQuantised() && !options.SharesEmbedding) text.Append("whole embedding\n");
        if (options.CacheScales is { } scales) text.Append(CultureInfo.InvariantCulture, $"cache {Convert.ToHexStringLower(SHA256.HashData(MemoryMarshal.AsBytes<float>(scales.Scales.SelectMany(channels => channels).ToArray())))}\n");
        if (options.Plans is { } plans) AppendPlans(text, plans);
        // An engine that refers to the checkpoint depends on where each tensor lies.
        if (!options.VisionWeights.IsQuantised() || !options.DecoderWeights.IsQuantised())
        {
            foreach (TensorEntry tensor in checkpoint.Tensors.Values.OrderBy(tensor => tensor.Name, StringComparer.Ordinal))
                text.Append(CultureInfo.InvariantCulture, $"{tensor.Name} {tensor.FilePath} {tensor.Offset}\n");
        }

        string hash = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text.ToString())));
        return $"{options.Dialect}-{options.VisionWeights}-{options.DecoderWeights}-{hash[..HashCharacters]}".ToLowerInvariant();
    }

    // All that makes a plan another one; timings that were known before do not.
    private static void AppendPlans(StringBuilder text, PlanBuildOptions plans)
    {
        PlanLimits limits = plans.Limits;
        text.Append(CultureInfo.InvariantCulture, $"{plans.Product} {plans.Version} {plans.Architecture}\n");
        text.Append(CultureInfo.InvariantCulture, $"{limits.MaxBatch} {limits.MaxPrefillBatch} {limits.MaxChunk} {limits.MaxSequence} [{string.Join(' ', limits.PatchBuckets)}]\n");
        text.Append(CultureInfo.InvariantCulture, $"{plans.OptimizationLevel} {plans.WorkspaceBytes?.ToString(CultureInfo.InvariantCulture) ?? "all"} {plans.ListLayers}\n");
    }
}
