using QwenVl.Client.Device;
using QwenVl.Protos.V1;

namespace QwenVl.Client.Transport;

/// <summary>Says who this client is, and checks who the server is.</summary>
internal static class Handshake
{
    private static readonly string ClientName = $"QwenVl.Client/{typeof(Handshake).Assembly.GetName().Version?.ToString(3)}";

    /// <summary>The first message of a stream.</summary>
    public static ClientMessage Hello(DeviceModel? device) => new()
    {
        Hello = new Hello
        {
            ProtocolVersion = ProtocolVersion.Current,
            ClientCheckpointFingerprint = device?.Fingerprint ?? "",
            TokenizerFingerprint = device?.TokenizerFingerprint ?? "",
            ClientName = ClientName,
        },
    };

    /// <exception cref="QwenVlException">The server cannot work with this client.</exception>
    public static void Require(Welcome welcome, DeviceModel? device)
    {
        if (welcome.ProtocolVersion != ProtocolVersion.Current)
        {
            throw new QwenVlException(QwenVlErrorCode.VersionMismatch,
                $"The server speaks protocol version {welcome.ProtocolVersion}, this client {ProtocolVersion.Current}: update the older of the two.");
        }

        if (device is null) return;
        if (!welcome.FeatureCheckpointFingerprints.Contains(device.Fingerprint))
        {
            throw new QwenVlException(QwenVlErrorCode.CheckpointMismatch,
                $"The server has no vision tower of the device's checkpoint {device.Fingerprint}; it has {string.Join(", ", welcome.FeatureCheckpointFingerprints.DefaultIfEmpty("none"))}. "
                + "Start it with --client-model-path of that checkpoint, or build the device's engines from one of its own.");
        }

        if (welcome.TokenizerFingerprint != device.TokenizerFingerprint)
        {
            throw new QwenVlException(QwenVlErrorCode.TokenizerMismatch,
                $"The server's tokenizer is {welcome.TokenizerFingerprint}, the device's {device.TokenizerFingerprint}: tokens cannot be handed over. Use checkpoints of one family on both sides.");
        }
    }
}
