using QwenVl.Model.Execution;
using QwenVl.Model.Vision;

namespace QwenVl.Tests.Server.Fakes;

/// <summary>What happens before a backend's work.</summary>
internal sealed class BackendHooks
{
    public Action? Loading { get; set; }

    /// <summary>Why the backend can run nothing any more.</summary>
    public string? Failure { get; set; }

    public Action<IReadOnlyList<ImagePatches>>? Encoding { get; set; }

    public Action<IReadOnlyList<DecodeStep>>? Decoding { get; set; }
}
