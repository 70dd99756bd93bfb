using System.Collections.Concurrent;
using QwenVl.Benchmarks.Load.Pictures;

namespace QwenVl.Benchmarks.Load.Checking;

/// <summary>
/// What the features of each motif were when they first came. All files of one motif have the same pixels, so every later
/// answer must have the same features, cached or computed. Safe for concurrent use.
/// </summary>
internal sealed class FeatureLedger
{
    private readonly ConcurrentDictionary<(int Size, int Motif, string Grid), string> _first = [];

    /// <summary>Answers whose features were compared with earlier ones.</summary>
    public long Compared => Interlocked.Read(ref _compared);

    private long _compared;

    /// <summary>Whether the features are those that the motif had before, or its first ones.</summary>
    /// <param name="picture">The file.</param>
    /// <param name="grid">The grid, which the resolution chooses.</param>
    /// <param name="digest">The digest of the features.</param>
    public bool Agrees(PictureChoice picture, string grid, string digest)
    {
        string first = _first.GetOrAdd((picture.Size, picture.Motif, grid), digest);
        if (!ReferenceEquals(first, digest)) Interlocked.Increment(ref _compared);
        return first == digest;
    }
}
