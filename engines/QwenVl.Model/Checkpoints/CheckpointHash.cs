using System.Buffers;
using System.Collections.Concurrent;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using QwenVl.Model.Configuration;

namespace QwenVl.Model.Checkpoints;

/// <summary>The digest behind <see cref="CheckpointFingerprint"/>: a list of lines, one a number of the configuration and one a tensor, hashed.</summary>
internal sealed class CheckpointHash(Checkpoint checkpoint, IProgress<double>? progress)
{
    private const int PieceBytes = 1 << 20;
    private readonly Lock _progressLock = new();
    private long _done;
    private long _total;

    public static string OfFile(string path) => Convert.ToHexStringLower(SHA256.HashData(FileBytes.ReadAll(path)));

    public string Compute(CancellationToken cancellationToken)
    {
        TensorEntry[] tensors = [.. ExpectedTensors.Of(checkpoint.Config).Select(expected => checkpoint.Get(expected.Name))];
        _total = tensors.Sum(tensor => tensor.Length);
        var lines = new string[tensors.Length];
        // The longest first, so that no core is left with the embedding table at the end.
        int[] order = [.. Enumerable.Range(0, tensors.Length).OrderByDescending(i => tensors[i].Length)];
        var options = new ParallelOptions { CancellationToken = cancellationToken, MaxDegreeOfParallelism = Environment.ProcessorCount };
        try
        {
            Parallel.ForEach(Partitioner.Create(order, loadBalance: true), options, i => lines[i] = Line(tensors[i], cancellationToken));
        }
        catch (AggregateException error) when (error.InnerExceptions.OfType<CheckpointException>().FirstOrDefault() is { } first)
        {
            throw new CheckpointException(first.Message, first);
        }

        Array.Sort(lines, StringComparer.Ordinal);
        string text = Numbers(checkpoint.Config) + string.Concat(lines);
        return Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)));
    }

    // Stop tokens are left out: they end answers, and change nothing that is computed.
    private static string Numbers(ModelConfig config)
    {
        TextConfig text = config.Text;
        VisionConfig vision = config.Vision;
        return string.Create(CultureInfo.InvariantCulture, $"""
            text {text.HiddenSize} {text.IntermediateSize} {text.Layers} {text.Heads} {text.KeyValueHeads} {text.HeadDim} {text.VocabularySize} {text.RmsNormEpsilon:R} {text.RopeTheta:R} {string.Join(',', text.MropeSection)}
            vision {vision.Depth} {vision.HiddenSize} {vision.IntermediateSize} {vision.Heads} {vision.OutHiddenSize} {vision.PatchSize} {vision.TemporalPatchSize} {vision.SpatialMergeSize} {vision.PositionEmbeddings} {string.Join(',', vision.TapIndexes)}
            tokens {config.ImageTokenId} {config.VideoTokenId} {config.VisionStartTokenId} {config.VisionEndTokenId} tied {(config.TieWordEmbeddings ? 1 : 0)}

            """).ReplaceLineEndings("\n");
    }

    private string Line(TensorEntry tensor, CancellationToken cancellationToken)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        byte[] buffer = ArrayPool<byte>.Shared.Rent(PieceBytes);
        try
        {
            for (long at = 0; at < tensor.Length;)
            {
                cancellationToken.ThrowIfCancellationRequested();
                Span<byte> piece = buffer.AsSpan(0, (int)Math.Min(PieceBytes, tensor.Length - at));
                checkpoint.Read(tensor, at, piece);
                hash.AppendData(piece);
                at += piece.Length;
                Report(piece.Length);
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }

        return $"{tensor.Name} {tensor.Type.SafetensorsName()} [{string.Join(',', tensor.Shape)}] {Convert.ToHexStringLower(hash.GetHashAndReset())}\n";
    }

    private void Report(int bytes)
    {
        if (progress is null) return;
        lock (_progressLock)
        {
            _done += bytes;
            progress.Report((double)_done / _total);
        }
    }
}
