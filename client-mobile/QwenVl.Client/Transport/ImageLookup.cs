using Google.Protobuf;
using Grpc.Core;
using QwenVl.Client.Images;
using QwenVl.Protos.V1;

namespace QwenVl.Client.Transport;

/// <summary>Asks whether the server has a picture.</summary>
internal static class ImageLookup
{
    /// <exception cref="QwenVlException">The server cannot be reached in time, or refuses.</exception>
    public static async Task<bool> RunAsync(VisionLanguage.VisionLanguageClient client, ClientImage image, QwenVlClientOptions options, CancellationToken cancellationToken)
    {
        var digest = new ImageDigest { Md5 = UnsafeByteOperations.UnsafeWrap(image.Md5), Sha256 = UnsafeByteOperations.UnsafeWrap(image.Sha256), TotalBytes = image.Bytes.Length };
        using var timeout = new CancellationTokenSource(options.ConnectTimeout, options.TimeProvider);
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, timeout.Token);
        try
        {
            HasImageReply reply = await client.HasImageAsync(new HasImageRequest { Images = { digest } }, cancellationToken: patience.Token).ConfigureAwait(false);
            return reply.Known is [var known]
                ? known
                : throw new QwenVlException(QwenVlErrorCode.ProtocolViolation, $"The server was asked about 1 picture and answered about {reply.Known.Count}.");
        }
        catch (RpcException error)
        {
            cancellationToken.ThrowIfCancellationRequested();
            if (timeout.IsCancellationRequested)
                throw new QwenVlException(QwenVlErrorCode.Timeout, $"The server did not say within {options.ConnectTimeout.TotalSeconds:0.#} s whether it has the picture.", error);
            throw RpcErrors.FromCall(error, QwenVlErrorCode.ConnectionFailed, options.ServerAddress);
        }
    }
}
