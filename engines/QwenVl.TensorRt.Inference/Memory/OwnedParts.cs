namespace QwenVl.TensorRt.Inference.Memory;

/// <summary>What a class owns, disposed in reverse order; so that half of it is not left behind where the other half cannot be had.</summary>
internal sealed class OwnedParts : IDisposable
{
    private readonly Stack<IDisposable> _parts = new();

    public T Add<T>(T part)
        where T : IDisposable
    {
        _parts.Push(part);
        return part;
    }

    public void Dispose()
    {
        while (_parts.TryPop(out IDisposable? part)) part.Dispose();
    }
}
