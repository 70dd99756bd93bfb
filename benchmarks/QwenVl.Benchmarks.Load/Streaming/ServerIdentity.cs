using QwenVl.Protos.V1;

namespace QwenVl.Benchmarks.Load.Streaming;

/// <summary>What a server says of itself, and the hello that fits it.</summary>
/// <param name="Welcome">Its first message.</param>
internal sealed record ServerIdentity(Welcome Welcome)
{
    private const uint ProtocolVersion = 1;
    private const string ClientName = "qwenvl-load";

    /// <summary>Asks a server.</summary>
    /// <exception cref="Grpc.Core.RpcException">It cannot be reached or refuses.</exception>
    public static async Task<ServerIdentity> AskAsync(Connection connection, TimeSpan timeout, TimeProvider time, CancellationToken cancellation)
    {
        var hello = new Hello { ProtocolVersion = ProtocolVersion, ClientName = ClientName };
        await using ConverseStream stream = await ConverseStream.OpenAsync(connection, hello, timeout, TimeSpan.Zero, time, cancellation);
        return new ServerIdentity(stream.Welcome);
    }

    /// <summary>The hello of a client that runs the first checkpoint whose tower is hosted; of one without a decoder where none is.</summary>
    public Hello Hello() => new()
    {
        ProtocolVersion = ProtocolVersion,
        ClientName = ClientName,
        ClientCheckpointFingerprint = Welcome.FeatureCheckpointFingerprints.FirstOrDefault() ?? "",
        TokenizerFingerprint = Welcome.TokenizerFingerprint,
    };
}
