using System.Buffers.Binary;
using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Text;
using QwenVl.Benchmarks.Load.Scenarios;

namespace QwenVl.Benchmarks.Load.Pictures;

/// <summary>
/// Makes the files of a run. Each motif is drawn and encoded once, before the run; a file is its motif with a comment of its
/// own in the JPEG. So no cache by content can have met it, while making it takes no processor time from a server on
/// the same machine, and files of one motif must have equal features. Safe for concurrent use.
/// </summary>
internal sealed class PictureLibrary(PictureOptions options, int seed, string run)
{
    private const int MarkerLength = 2;
    private const int SeedsOfSize = 100_003;
    private readonly ConcurrentDictionary<(int Size, int Motif), byte[]> _motifs = [];

    /// <summary>Draws all motifs.</summary>
    public void Prepare()
    {
        IEnumerable<(int, int)> all = Enumerable.Range(0, options.Sizes.Count).SelectMany(size => Enumerable.Range(0, options.Motifs).Select(motif => (size, motif)));
        Parallel.ForEach(all, one => Motif(one));
    }

    /// <summary>Makes a file.</summary>
    public PictureFile Make(PictureChoice choice)
    {
        byte[] bytes = WithComment(Motif((choice.Size, choice.Motif)), Encoding.ASCII.GetBytes($"{run} {choice.Serial}"));
#pragma warning disable CA5351 // the protocol's index, not a protection
        return new PictureFile(bytes, MD5.HashData(bytes), SHA256.HashData(bytes));
#pragma warning restore CA5351 // end of the index
    }

    /// <summary>Puts a comment segment into a JPEG, behind its JFIF header where it has one.</summary>
    internal static byte[] WithComment(ReadOnlySpan<byte> jpeg, ReadOnlySpan<byte> text)
    {
        int at = MarkerLength;
        if (jpeg[at] == 0xff && jpeg[at + 1] == 0xe0) at += MarkerLength + BinaryPrimitives.ReadUInt16BigEndian(jpeg[(at + MarkerLength)..]);
        Span<byte> head = [0xff, 0xfe, 0, 0];
        BinaryPrimitives.WriteUInt16BigEndian(head[MarkerLength..], (ushort)(text.Length + MarkerLength));
        return [.. jpeg[..at], .. head, .. text, .. jpeg[at..]];
    }

    private byte[] Motif((int Size, int Motif) one) => _motifs.GetOrAdd(one, _ =>
    {
        PictureSize size = options.Sizes[one.Size];
        return MotifPainter.Draw(size.Width, size.Height, options.Quality, unchecked(seed + one.Size * SeedsOfSize + one.Motif));
    });
}
