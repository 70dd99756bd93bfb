namespace QwenVl.Client.Transport;

/// <summary>The version of <c>qwenvl/v1</c> that this client speaks.</summary>
internal static class ProtocolVersion
{
    public const uint Current = 1;
}
