using Google.Protobuf;
using QwenVl.Model.Features;
using QwenVl.Model.Vision;
using QwenVl.Protos.V1;
using QwenVl.Runtime.Encoding;
using QwenVl.Runtime.Hosting;
using QwenVl.Server.Telemetry;

namespace QwenVl.Server.Streaming;

/// <summary>Writes a picture's features as an envelope and chunks.</summary>
internal sealed class FeatureSender(OutgoingMessages outgoing, ServerMetrics metrics)
{
    /// <summary>Small, so that tokens of the same stream pass between two chunks even where the network is slow.</summary>
    private const int ChunkBytes = 32 * 1024;

    /// <summary>Sends one picture's features for one question.</summary>
    /// <param name="questionId">The question.</param>
    /// <param name="imageId">The picture.</param>
    /// <param name="encoding">Its preparation.</param>
    /// <param name="tower">Whose features they are.</param>
    /// <param name="result">The features.</param>
    /// <param name="type">How they are written.</param>
    /// <param name="held">What the client says it holds of them.</param>
    /// <param name="cancellation">Ends the sending.</param>
    /// <returns>The bytes sent.</returns>
    public async Task<int> SendAsync(
        uint questionId, uint imageId, ImageEncoding encoding, HostedTower tower, EncodeResult result, FeatureType type, HeldFeatures held, CancellationToken cancellation)
    {
        var payload = new FeaturePayload(result.Features, (FeatureEncoding)type);
        FeatureHeader header = Header(questionId, imageId, encoding, tower, result, payload.Layout);
        int first = held.Of(payload.Read(0, (int)Math.Clamp(held.Bytes, 0, payload.Length)).Span);
        header.FirstOffset = first;
        await outgoing.WriteAsync(new ServerMessage { FeatureHeader = header }, cancellation);
        for (int offset = first; offset < payload.Length; offset += ChunkBytes)
        {
            ReadOnlyMemory<byte> data = payload.Read(offset, ChunkBytes);
            // Wrapped, not copied: what was read of the payload is never written to again.
            var chunk = new FeatureChunk { QuestionId = questionId, ImageId = imageId, Offset = offset, Data = UnsafeByteOperations.UnsafeWrap(data), Crc32C = Crc32C.Compute(data.Span) };
            await outgoing.WriteAsync(new ServerMessage { FeatureChunk = chunk }, cancellation);
            metrics.Sent("features", data.Length);
        }

        return payload.Length - first;
    }

    private static FeatureHeader Header(uint questionId, uint imageId, ImageEncoding encoding, HostedTower tower, EncodeResult result, FeatureLayout layout) => new()
    {
        QuestionId = questionId,
        ImageId = imageId,
        ProtocolVersion = FeatureLayout.Version,
        CheckpointFingerprint = tower.Fingerprint.Model,
        PreprocessingVersion = ImagePreprocessor.Version,
        ImageMd5 = ByteString.CopyFrom(encoding.Image.Md5.Span),
        ImageSha256 = ByteString.CopyFrom(encoding.Image.Sha256.Span),
        ImageBytes = encoding.Image.Bytes.Length,
        OriginalWidth = encoding.Image.Width,
        OriginalHeight = encoding.Image.Height,
        GridHeight = encoding.Grid.Height,
        GridWidth = encoding.Grid.Width,
        Tokens = encoding.Grid.Tokens,
        Width = layout.Width,
        Taps = { tower.Config.Vision.TapIndexes },
        Type = (FeatureType)(int)layout.Encoding,
        ChunkBytes = ChunkBytes,
        TotalBytes = layout.TotalBytes,
        WasCached = result.WasCached,
        StripeRows = layout.StripeRows,
    };
}
