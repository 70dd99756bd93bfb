using System.Globalization;
using QwenVl.TensorRt.Cuda;
using QwenVl.TensorRt.Inference.Memory;
using QwenVl.TensorRt.Inference.Plans;

namespace QwenVl.TensorRt.Inference.Decoding;

/// <summary>The plan writes new rows into the cache itself: each cache goes in and comes out at the same address.</summary>
internal sealed class InPlaceBinding : ICacheBinding
{
    /// <summary>The input by which such plans are known.</summary>
    public const string FirstInput = "key_cache.0";

    private readonly CacheLayout _layout;
    private readonly long _headDim;
    private readonly string[] _names;
    private readonly StagedInput<long> _activeRows;

    public InPlaceBinding(CudaContext context, CacheLayout layout, long headDim, CudaStream stream)
    {
        (_layout, _headDim) = (layout, headDim);
        _names = [.. Enumerable.Range(0, layout.Planes).Select(plane => string.Create(CultureInfo.InvariantCulture, $"{(plane % 2 == 0 ? "key" : "value")}_cache.{plane / 2}"))];
        _activeRows = new StagedInput<long>(context, "active_rows", layout.MaxRows);
        for (int row = 0; row < layout.MaxRows; row++) _activeRows.Host[row] = row;
        _activeRows.Upload(layout.MaxRows, stream);
        stream.Synchronize();
    }

    public string LengthsInput => "write_indices";

    public bool HasFixedRows => true;

    public void Bind(IPlanContext context, KeyValueCache cache, int slot, int batch, int rows)
    {
        for (int plane = 0; plane < _names.Length; plane++)
        {
            context.SetShape(_names[plane], [batch, _layout.Heads, cache.Rows, _headDim]);
            context.SetAddress(_names[plane], cache.AddressOf(plane, slot));
            context.SetAddress("new_" + _names[plane], cache.AddressOf(plane, slot));
        }

        _activeRows.Bind(context, rows);
    }

    public void Dispose() => _activeRows.Dispose();
}
