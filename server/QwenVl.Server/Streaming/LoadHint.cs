using QwenVl.Protos.V1;
using QwenVl.Runtime.Hosting;

namespace QwenVl.Server.Streaming;

/// <summary>What clients are told of the server's load, so that they can choose who answers.</summary>
internal static class LoadHint
{
    /// <param name="models">What is hosted.</param>
    /// <param name="clientTower">The client's tower; null where it asks for tokens only.</param>
    public static ServerLoad Of(ModelHost models, HostedTower? clientTower) => new()
    {
        WaitSeconds = (models.Model.Tower.Worker.ExpectedWait + models.Model.Decoder.ExpectedWait).TotalSeconds,
        FeatureWaitSeconds = clientTower?.Worker.ExpectedWait.TotalSeconds ?? 0,
        TokenSeconds = models.Model.Decoder.TokenTime.TotalSeconds,
    };
}
