using QwenVl.Client.Images;

namespace QwenVl.Client.Routing;

/// <summary>What a client has of a server when a question comes.</summary>
/// <param name="HasServer">Whether a server is named.</param>
/// <param name="IsConnected">Whether a connection is open.</param>
/// <param name="HasSent">Whether the connection has announced a picture.</param>
/// <param name="HasImageAsync">Asks the server whether it has a picture; a round trip.</param>
internal sealed record RouterLink(bool HasServer, bool IsConnected, Func<ClientImage, bool> HasSent, Func<ClientImage, CancellationToken, Task<bool>> HasImageAsync);
