using QwenVl.Model.Sampling;
using QwenVl.TensorRt.Cuda;
using QwenVl.TensorRt.Inference.Memory;
using QwenVl.TensorRt.Inference.Plans;

namespace QwenVl.TensorRt.Inference.Decoding;

/// <summary>
/// What runs say of the next tokens: the best ones come to the host at once, all logits stay on the device until somebody
/// asks. First come the rows of the shared run, a row a sequence, then one for each sequence that has a run of its own.
/// </summary>
internal sealed class StepOutputs : IDisposable
{
    private readonly int _vocabulary;
    private readonly int _top;
    private readonly int _sharedRows;
    private readonly int _rows;
    private readonly int[] _ids;
    private readonly Dictionary<int, float[]> _read = [];
    private readonly OwnedParts _parts = new();
    private readonly CudaDeviceVariable<float> _logits;
    private readonly StagedOutput<float> _topValues;
    private readonly StagedOutput<long> _topTokens;

    public StepOutputs(CudaContext context, int vocabulary, int top, int sharedRows, int ownRows)
    {
        (_vocabulary, _top, _ids) = (vocabulary, top, new int[(sharedRows + ownRows) * top]);
        (_sharedRows, _rows) = (sharedRows, sharedRows + ownRows);
        try
        {
            _logits = _parts.Add(new CudaDeviceVariable<float>(context, First(_rows, vocabulary)));
            _topValues = _parts.Add(new StagedOutput<float>(context, "top_values", First(_rows, top)));
            _topTokens = _parts.Add(new StagedOutput<long>(context, "top_tokens", First(_rows, top)));
        }
        catch
        {
            _parts.Dispose();
            throw;
        }
    }

    /// <summary>Tells a context to write from a row on.</summary>
    public void Bind(IPlanContext context, int row)
    {
        context.SetAddress("logits", _logits.DevicePointer.Offset(First(row, _vocabulary) * sizeof(float)));
        context.SetAddress(_topValues.Name, _topValues.AddressOf(First(row, _top)));
        context.SetAddress(_topTokens.Name, _topTokens.AddressOf(First(row, _top)));
    }

    /// <summary>Queues the download of some rows' best tokens.</summary>
    public void Download(int row, int count, CudaStream stream)
    {
        _topValues.Download(First(row, _top), (long)count * _top, stream);
        _topTokens.Download(First(row, _top), (long)count * _top, stream);
    }

    /// <summary>The best tokens of a row, once the stream has passed their download.</summary>
    public TokenCandidates Candidates(int row)
    {
        Span<int> ids = _ids.AsSpan(row * _top, _top);
        ReadOnlySpan<long> tokens = _topTokens.Host.Span.Slice((int)First(row, _top), _top);
        for (int i = 0; i < ids.Length; i++) ids[i] = (int)tokens[i];
        return new TokenCandidates(_ids.AsMemory(row * _top, _top), _topValues.Host.Slice((int)First(row, _top), _top), _vocabulary);
    }

    /// <summary>All logits of a row; waits for the stream.</summary>
    public ReadOnlyMemory<float> ReadLogits(int row, CudaStream stream)
    {
        if (!_read.TryGetValue(row, out float[]? values)) _read.Add(row, values = new float[_vocabulary]);
        _logits.CopyToHost(values, First(row, _vocabulary), stream);
        return values;
    }

    public void Dispose() => _parts.Dispose();

    // The rows of the shared run are one dense tensor. The others are tensors of their own, and TensorRT wants those to begin
    // at multiples of 256 bytes: of 64 numbers of the smallest kind.
    private long First(int row, int count)
    {
        const int Alignment = 64;
        if (row < _sharedRows) return (long)row * count;
        return RoundUp((long)_sharedRows * count) + (row - _sharedRows) * RoundUp(count);

        static long RoundUp(long numbers) => (numbers + Alignment - 1) / Alignment * Alignment;
    }
}
