using QwenVl.Model.Configuration;
using QwenVl.Model.Vision;
using QwenVl.TensorRt.Cuda;
using QwenVl.TensorRt.Inference.Memory;
using QwenVl.TensorRt.Inference.Plans;

namespace QwenVl.TensorRt.Inference.Vision;

/// <summary>A batch's patches and what the tower needs to know of their grids, padded to one size.</summary>
internal sealed class VisionInputs : IDisposable
{
    private const int TableRows = 4;

    // Beyond every score, and still a number.
    private const float Unseen = -1e30f;

    private readonly int _headDim;
    private readonly VisionTableCache _tables;
    private readonly OwnedParts _parts = new();
    private readonly StagedInput<byte> _patches;
    private readonly StagedInput<int> _positionIndexes;
    private readonly StagedInput<float> _positionWeights;
    private readonly StagedInput<float> _cos;
    private readonly StagedInput<float> _sin;
    private readonly StagedInput<float> _mask;

    public VisionInputs(CudaContext context, VisionConfig config, VisionTableCache tables, int maxBatch, int maxPatches)
    {
        (_headDim, _tables) = (config.HeadDim, tables);
        long rows = (long)maxBatch * maxPatches;
        try
        {
            _patches = _parts.Add(new StagedInput<byte>(context, "patches", rows * ImageGrid.PatchLength));
            _positionIndexes = _parts.Add(new StagedInput<int>(context, "pos_index", rows * TableRows));
            _positionWeights = _parts.Add(new StagedInput<float>(context, "pos_weight", rows * TableRows));
            _cos = _parts.Add(new StagedInput<float>(context, "rope_cos", rows * _headDim));
            _sin = _parts.Add(new StagedInput<float>(context, "rope_sin", rows * _headDim));
            _mask = _parts.Add(new StagedInput<float>(context, "key_mask", rows));
        }
        catch
        {
            _parts.Dispose();
            throw;
        }
    }

    /// <summary>Writes a batch into page-locked memory. What earlier batches left in the padding stays: nobody sees it.</summary>
    public void Fill(IReadOnlyList<ImagePatches> batch, VisionRunShape shape)
    {
        for (int i = 0; i < batch.Count; i++) Fill(batch[i], i * shape.Patches);
        for (int i = 0; i < shape.Batch; i++)
        {
            Span<float> mask = _mask.Host.Slice(i * shape.Patches, shape.Patches);
            // Rows of pictures that are not there see all of themselves: a softmax over nothing is no number.
            int seen = i < batch.Count ? batch[i].Grid.Patches : shape.Patches;
            mask[..seen].Clear();
            mask[seen..].Fill(Unseen);
        }
    }

    /// <summary>Queues the uploads.</summary>
    public void Upload(VisionRunShape shape, CudaStream stream)
    {
        long rows = (long)shape.Batch * shape.Patches;
        _patches.Upload(rows * ImageGrid.PatchLength, stream);
        _positionIndexes.Upload(rows * TableRows, stream);
        _positionWeights.Upload(rows * TableRows, stream);
        _cos.Upload(rows * _headDim, stream);
        _sin.Upload(rows * _headDim, stream);
        _mask.Upload(rows, stream);
    }

    /// <summary>Tells a context where everything lies and how large it is.</summary>
    public void Bind(IPlanContext context, VisionRunShape shape)
    {
        (long batch, long patches) = (shape.Batch, shape.Patches);
        _patches.Bind(context, batch, patches, ImageGrid.PatchLength);
        _positionIndexes.Bind(context, batch, patches, TableRows);
        _positionWeights.Bind(context, batch, patches, TableRows);
        _cos.Bind(context, batch, patches, _headDim);
        _sin.Bind(context, batch, patches, _headDim);
        _mask.Bind(context, batch, 1, 1, patches);
    }

    public void Dispose() => _parts.Dispose();

    private void Fill(ImagePatches image, int row)
    {
        VisionTables tables = _tables.Get(image.Grid);
        image.Values.Span.CopyTo(_patches.Host[(row * ImageGrid.PatchLength)..]);
        tables.PositionIndexes.CopyTo(_positionIndexes.Host[(row * TableRows)..]);
        tables.PositionWeights.CopyTo(_positionWeights.Host[(row * TableRows)..]);
        tables.RopeCos.CopyTo(_cos.Host[(row * _headDim)..]);
        tables.RopeSin.CopyTo(_sin.Host[(row * _headDim)..]);
    }
}
