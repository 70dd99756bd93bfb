namespace QwenVl.Runtime.Queueing;

/// <summary>Work of one size and one priority.</summary>
/// <param name="bucket">Which sizes, from 0.</param>
/// <param name="priority">Which priority.</param>
internal sealed class Lane<TWork>(int bucket, RequestPriority priority)
    where TWork : QueuedWork
{
    /// <summary>After so many turns of others a lane is served before any priority.</summary>
    public const int Patience = 3;

    public int Bucket => bucket;

    public RequestPriority Priority => priority;

    public FairQueue<TWork> Work { get; } = new();

    /// <summary>Turns in a row that others had while something waited here.</summary>
    public int PassedOver { get; private set; }

    /// <summary>Whether it has been passed over often enough.</summary>
    public bool IsOverdue => PassedOver >= Patience;

    /// <summary>A turn is over.</summary>
    /// <param name="served">Whether something of this lane was taken.</param>
    public void EndTurn(bool served) => PassedOver = served || Work.Count == 0 ? 0 : PassedOver + 1;
}
