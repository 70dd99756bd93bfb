using QwenVl.Model.Configuration;
using QwenVl.Model.Vision;
using QwenVl.TensorRt.Cuda;
using QwenVl.TensorRt.Inference.Memory;
using QwenVl.TensorRt.Inference.Numbers;
using QwenVl.TensorRt.Inference.Plans;

namespace QwenVl.TensorRt.Inference.Vision;

/// <summary>What the tower makes of a batch: features and taps in the plan's own number format.</summary>
internal sealed class VisionOutputs : IDisposable
{
    private readonly int _width;
    private readonly int _taps;
    private readonly PlanElement _element;
    private readonly int _elementBytes;
    private readonly OwnedParts _parts = new();
    private readonly StagedOutput<byte> _features;
    private readonly StagedOutput<byte>? _tapRows;

    public VisionOutputs(CudaContext context, VisionConfig config, PlanTensor features, int maxBatch, int maxPatches)
    {
        (_width, _taps, _element, _elementBytes) = (config.OutHiddenSize, config.TapIndexes.Count, features.Element, features.ElementBytes);
        long plane = (long)maxBatch * (maxPatches / ImageGrid.MergeSize / ImageGrid.MergeSize) * _width * _elementBytes;
        try
        {
            _features = _parts.Add(new StagedOutput<byte>(context, "features", plane));
            if (_taps > 0) _tapRows = _parts.Add(new StagedOutput<byte>(context, "taps", plane * _taps));
        }
        catch
        {
            _parts.Dispose();
            throw;
        }
    }

    /// <summary>Tells a context where to write.</summary>
    public void Bind(IPlanContext context)
    {
        context.SetAddress(_features.Name, _features.AddressOf(0));
        if (_tapRows is not null) context.SetAddress(_tapRows.Name, _tapRows.AddressOf(0));
    }

    /// <summary>Queues the downloads of the rows that are pictures' own.</summary>
    public void Download(IReadOnlyList<ImagePatches> batch, VisionRunShape shape, CudaStream stream)
    {
        for (int i = 0; i < batch.Count; i++)
        {
            long length = (long)batch[i].Grid.Tokens * _width * _elementBytes;
            _features.Download(Row(shape, 0, i), length, stream);
            for (int tap = 0; tap < _taps; tap++) _tapRows!.Download(Row(shape, tap, i), length, stream);
        }
    }

    /// <summary>The features of one picture of the batch that was downloaded last.</summary>
    public ImageFeatures Read(ImageGrid grid, VisionRunShape shape, int index)
    {
        int plane = grid.Tokens * _width;
        var values = new float[(1 + _taps) * plane];
        Widen(_features, Row(shape, 0, index), values.AsSpan(0, plane));
        for (int tap = 0; tap < _taps; tap++) Widen(_tapRows!, Row(shape, tap, index), values.AsSpan((1 + tap) * plane, plane));
        return new ImageFeatures(grid, _width, _taps, values);
    }

    public void Dispose() => _parts.Dispose();

    private void Widen(StagedOutput<byte> output, long first, Span<float> numbers) =>
        NumberFormat.Widen(output.Host.Span.Slice(checked((int)first), numbers.Length * _elementBytes), _element, numbers);

    // In bytes: [taps, batch, tokens, width].
    private long Row(VisionRunShape shape, int tap, int index) =>
        ((long)tap * shape.Batch + index) * (shape.Patches / ImageGrid.MergeSize / ImageGrid.MergeSize) * _width * _elementBytes;
}
