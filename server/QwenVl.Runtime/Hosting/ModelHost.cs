namespace QwenVl.Runtime.Hosting;

/// <summary>Everything that is hosted: one checkpoint that writes, and the towers of those that clients run.</summary>
public sealed class ModelHost : IDisposable
{
    /// <param name="model">The writer; owned.</param>
    /// <param name="clientTowers">The clients' towers; owned. One of the writer's own fingerprint may be the writer's tower.</param>
    public ModelHost(HostedModel model, IEnumerable<HostedTower> clientTowers)
    {
        Model = model;
        ClientTowers = clientTowers.ToDictionary(tower => tower.Fingerprint.Model);
    }

    /// <summary>The writer.</summary>
    public HostedModel Model { get; }

    /// <summary>The clients' towers by fingerprint.</summary>
    public IReadOnlyDictionary<string, HostedTower> ClientTowers { get; }

    /// <inheritdoc/>
    public void Dispose()
    {
        Model.Dispose();
        foreach (HostedTower tower in ClientTowers.Values)
            if (tower != Model.Tower) tower.Dispose();
    }
}
