using System.Buffers;
using System.Runtime.InteropServices;
using QwenVl.Engines.Graphs;
using QwenVl.Model.Checkpoints;

namespace QwenVl.Engines.Weights;

/// <summary>Writes an engine's own file of weights, one after the other, holding a piece at a time.</summary>
internal sealed class PackedWeights : IWeightStore, IDisposable
{
    private const int Alignment = 64;
    private const int PieceBytes = 4 << 20;
    private readonly Checkpoint _checkpoint;
    private readonly string _location;
    private readonly FileStream _file;
    private readonly Action<long> _read;
    private readonly CancellationToken _cancellationToken;

    /// <param name="checkpoint">Where tensors come from.</param>
    /// <param name="path">The file to create.</param>
    /// <param name="read">Told of each piece of the checkpoint that is done, in bytes.</param>
    /// <param name="cancellationToken">Ends the work early.</param>
    public PackedWeights(Checkpoint checkpoint, string path, Action<long> read, CancellationToken cancellationToken)
    {
        (_checkpoint, _location, _read, _cancellationToken) = (checkpoint, Path.GetFileName(path), read, cancellationToken);
        _file = new FileStream(path, FileMode.CreateNew, FileAccess.Write, FileShare.None, bufferSize: 0);
    }

    public ExternalData Place(TensorEntry tensor)
    {
        long start = Align();
        byte[] piece = ArrayPool<byte>.Shared.Rent(PieceBytes);
        try
        {
            for (long at = 0; at < tensor.Length;)
            {
                Span<byte> bytes = piece.AsSpan(0, (int)Math.Min(PieceBytes, tensor.Length - at));
                _checkpoint.Read(tensor, at, bytes);
                _file.Write(bytes);
                at += bytes.Length;
                Report(bytes.Length);
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(piece);
        }

        return Since(start);
    }

    /// <summary>Begins a stretch that the following writes fill.</summary>
    /// <returns>Its offset.</returns>
    public long Align()
    {
        Span<byte> padding = stackalloc byte[Alignment];
        padding.Clear();
        _file.Write(padding[..(int)((Alignment - _file.Position % Alignment) % Alignment)]);
        return _file.Position;
    }

    public void Write(ReadOnlySpan<byte> bytes) => _file.Write(bytes);

    public void Write(ReadOnlySpan<float> numbers) => _file.Write(MemoryMarshal.AsBytes(numbers));

    /// <summary>The stretch from an offset to here.</summary>
    public ExternalData Since(long start) => new(_location, start, _file.Position - start);

    /// <summary>Tells of progress and stops where cancelled.</summary>
    public void Report(long bytes)
    {
        _cancellationToken.ThrowIfCancellationRequested();
        _read(bytes);
    }

    public void Dispose() => _file.Dispose();
}
