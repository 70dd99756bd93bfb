using QwenVl.Model.Sampling;
using QwenVl.TensorRt.Cuda;
using QwenVl.TensorRt.Inference.Memory;
using QwenVl.TensorRt.Inference.Plans;

namespace QwenVl.TensorRt.Inference.Decoding;

/// <summary>
/// What runs say of the next tokens: the best ones come to the host at once, all logits stay on the device until somebody
/// asks. A row a sequence of a run.
/// </summary>
internal sealed class StepOutputs : IDisposable
{
    private readonly int _vocabulary;
    private readonly int _top;
    private readonly int[] _ids;
    private readonly Dictionary<int, float[]> _read = [];
    private readonly OwnedParts _parts = new();
    private readonly CudaDeviceVariable<float> _logits;
    private readonly StagedOutput<float> _topValues;
    private readonly StagedOutput<long> _topTokens;

    public StepOutputs(CudaContext context, int vocabulary, int top, int rows)
    {
        (_vocabulary, _top, _ids) = (vocabulary, top, new int[rows * top]);
        try
        {
            _logits = _parts.Add(new CudaDeviceVariable<float>(context, (long)rows * vocabulary));
            _topValues = _parts.Add(new StagedOutput<float>(context, "top_values", (long)rows * top));
            _topTokens = _parts.Add(new StagedOutput<long>(context, "top_tokens", (long)rows * top));
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
        context.SetAddress("logits", _logits.DevicePointer.Offset((long)row * _vocabulary * sizeof(float)));
        context.SetAddress(_topValues.Name, _topValues.AddressOf((long)row * _top));
        context.SetAddress(_topTokens.Name, _topTokens.AddressOf((long)row * _top));
    }

    /// <summary>Queues the download of some rows' best tokens.</summary>
    public void Download(int row, int count, CudaStream stream)
    {
        _topValues.Download((long)row * _top, (long)count * _top, stream);
        _topTokens.Download((long)row * _top, (long)count * _top, stream);
    }

    /// <summary>The best tokens of a row, once the stream has passed their download.</summary>
    public TokenCandidates Candidates(int row)
    {
        Span<int> ids = _ids.AsSpan(row * _top, _top);
        ReadOnlySpan<long> tokens = _topTokens.Host.Span.Slice(row * _top, _top);
        for (int i = 0; i < ids.Length; i++) ids[i] = (int)tokens[i];
        return new TokenCandidates(_ids.AsMemory(row * _top, _top), _topValues.Host.Slice(row * _top, _top), _vocabulary);
    }

    /// <summary>All logits of a row; waits for the stream.</summary>
    public ReadOnlyMemory<float> ReadLogits(int row, CudaStream stream)
    {
        if (!_read.TryGetValue(row, out float[]? values)) _read.Add(row, values = new float[_vocabulary]);
        _logits.CopyToHost(values, (long)row * _vocabulary, stream);
        return values;
    }

    public void Dispose() => _parts.Dispose();
}
