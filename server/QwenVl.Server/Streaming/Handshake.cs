using QwenVl.Protos.V1;
using QwenVl.Runtime.Configuration;
using QwenVl.Runtime.Errors;
using QwenVl.Runtime.Hosting;

namespace QwenVl.Server.Streaming;

/// <summary>Checks that both ends speak of the same checkpoints; nothing is reshaped to fit.</summary>
internal static class Handshake
{
    public const uint ProtocolVersion = 1;

    private const int MaxFingerprintLength = 128;

    /// <summary>The tower that the client wants features of, or null where it wants tokens only.</summary>
    /// <exception cref="RequestException">The client speaks another protocol, or runs a checkpoint that is not hosted.</exception>
    public static HostedTower? Accept(Hello hello, ModelHost models)
    {
        if (hello.ProtocolVersion != ProtocolVersion)
            throw RequestException.Precondition(RequestReason.ProtocolVersion, $"The client speaks protocol version {hello.ProtocolVersion}, this server {ProtocolVersion}. Use a client of the server's release.");
        string wanted = hello.ClientCheckpointFingerprint;
        if (wanted.Length == 0) return null;
        if (wanted.Length > MaxFingerprintLength || !models.ClientTowers.TryGetValue(wanted, out HostedTower? tower))
            throw RequestException.Precondition(RequestReason.FingerprintUnknown, $"No vision tower of checkpoint {Short(wanted)} is hosted; hosted: {string.Join(", ", models.ClientTowers.Keys.Select(Short))}. Start the server with --client-model-path of the client's checkpoint.");
        string tokenizer = models.Model.Tower.Fingerprint.Tokenizer;
        if (hello.TokenizerFingerprint != tokenizer || tower.Fingerprint.Tokenizer != tokenizer)
            throw RequestException.Precondition(RequestReason.TokenizerMismatch, $"The client's tokenizer is {Short(hello.TokenizerFingerprint)}, the server's {Short(tokenizer)}: tokens cannot be handed over by id.");
        return tower;
    }

    /// <summary>What the client is told.</summary>
    public static ServerMessage Welcome(ModelHost models, HostedTower? clientTower, RuntimeOptions options) => new()
    {
        Welcome = new Welcome
        {
            ProtocolVersion = ProtocolVersion,
            ServerCheckpointFingerprint = models.Model.Tower.Fingerprint.Model,
            TokenizerFingerprint = models.Model.Tower.Fingerprint.Tokenizer,
            FeatureCheckpointFingerprints = { models.ClientTowers.Keys },
            ServerName = $"QwenVl.Server/{typeof(Handshake).Assembly.GetName().Version?.ToString(3)}",
            Limits = new Limits
            {
                MaxImageBytes = options.MaxImageBytes,
                MaxImagePixels = options.MaxImagePixels,
                MaxImagesPerStream = options.MaxImagesPerStream,
                MaxPromptTokens = Math.Min(options.MaxPromptTokens, models.Model.Decoder.MaxSequenceLength - 1),
                MaxNewTokens = options.MaxNewTokens,
                MaxUploadChunkBytes = StreamImages.MaxChunkBytes,
                MaxConcurrentQuestions = options.MaxConcurrentQuestions,
            },
            Load = LoadHint.Of(models, clientTower),
        },
    };

    /// <summary>As much of a fingerprint as people compare.</summary>
    public static string Short(string fingerprint) => fingerprint.Length <= 12 ? fingerprint : fingerprint[..12];
}
