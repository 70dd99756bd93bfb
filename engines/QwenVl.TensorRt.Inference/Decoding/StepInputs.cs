using QwenVl.Model.Configuration;
using QwenVl.Model.Execution;
using QwenVl.TensorRt.Cuda;
using QwenVl.TensorRt.Inference.Memory;
using QwenVl.TensorRt.Inference.Numbers;
using QwenVl.TensorRt.Inference.Plans;

namespace QwenVl.TensorRt.Inference.Decoding;

/// <summary>The tokens of a run, their positions, and the feature rows of those that are visual.</summary>
internal sealed class StepInputs : IDisposable
{
    private const int Axes = 3;

    private readonly int _width;
    private readonly int _taps;
    private readonly PlanElement _element;
    private readonly int _rowBytes;
    private readonly OwnedParts _parts = new();
    private readonly StagedInput<long> _ids;
    private readonly StagedInput<long> _visualIndex;
    private readonly StagedInput<long> _positions;
    private readonly StagedInput<long> _lengths;
    private readonly StagedInput<long> _last;
    private readonly StagedInput<byte> _visual;
    private readonly StagedInput<byte>? _visualTaps;
    private int _rows = 1;
    private int _uploadedRows;

    /// <param name="context">The device.</param>
    /// <param name="config">The checkpoint's shape.</param>
    /// <param name="visual">The plan's input of that name.</param>
    /// <param name="lengthsName">What the plan calls the rows that sequences have.</param>
    /// <param name="maxBatch">Sequences of a run.</param>
    /// <param name="maxTokens">Tokens of each; 1 leaves no room for visual ones.</param>
    public StepInputs(CudaContext context, ModelConfig config, PlanTensor visual, string lengthsName, int maxBatch, int maxTokens)
    {
        (_width, _taps, _element) = (config.Text.HiddenSize, config.Vision.TapIndexes.Count, visual.Element);
        _rowBytes = _width * visual.ElementBytes;
        long tokens = (long)maxBatch * maxTokens, rows = maxTokens == 1 ? 1 : 1 + tokens;
        try
        {
            _ids = _parts.Add(new StagedInput<long>(context, "input_ids", tokens));
            _visualIndex = _parts.Add(new StagedInput<long>(context, "visual_index", tokens));
            _positions = _parts.Add(new StagedInput<long>(context, "position_ids", Axes * tokens));
            _lengths = _parts.Add(new StagedInput<long>(context, lengthsName, maxBatch));
            _last = _parts.Add(new StagedInput<long>(context, "last_index", maxBatch));
            _visual = _parts.Add(new StagedInput<byte>(context, "visual", rows * _rowBytes));
            if (_taps > 0) _visualTaps = _parts.Add(new StagedInput<byte>(context, "visual_taps", rows * _rowBytes * _taps));
        }
        catch
        {
            _parts.Dispose();
            throw;
        }
    }

    /// <summary>Begins a run of so many sequences: none appends anything yet, and all are empty.</summary>
    public void Clear(int batch, int tokens)
    {
        _ids.Host[..(batch * tokens)].Clear();
        _visualIndex.Host[..(batch * tokens)].Clear();
        _positions.Host[..(Axes * batch * tokens)].Clear();
        _lengths.Host[..batch].Clear();
        _last.Host[..batch].Clear();
        _rows = 1;
    }

    /// <summary>Says how many rows a sequence has that appends nothing.</summary>
    public void SetLength(int place, int length) => _lengths.Host[place] = length;

    /// <summary>Writes what one sequence appends.</summary>
    /// <param name="part">The tokens.</param>
    /// <param name="place">Its number in the run.</param>
    /// <param name="batch">Sequences of the run.</param>
    /// <param name="tokens">Tokens that the run has room for, at least the part's.</param>
    public void Write(StepPart part, int place, int batch, int tokens)
    {
        ReadOnlySpan<int> ids = part.Step.Tokens.Span.Slice(part.From, part.Count), positions = part.Step.Positions.Span;
        for (int i = 0; i < ids.Length; i++) _ids.Host[place * tokens + i] = ids[i];
        for (int axis = 0; axis < Axes; axis++)
        {
            for (int i = 0; i < ids.Length; i++)
                _positions.Host[(axis * batch + place) * tokens + i] = positions[axis * part.Step.Tokens.Length + part.From + i];
        }

        _lengths.Host[place] = part.Past;
        _last.Host[place] = part.Count - 1;
        if (part.HasVisual) WriteVisual(part, place * tokens);
    }

    /// <summary>Queues the uploads.</summary>
    public void Upload(int batch, int tokens, CudaStream stream)
    {
        long count = (long)batch * tokens;
        _ids.Upload(count, stream);
        _visualIndex.Upload(count, stream);
        _positions.Upload(Axes * count, stream);
        _lengths.Upload(batch, stream);
        _last.Upload(batch, stream);
        // Without visual tokens row 0 of every plane is all there is, and zero; mostly the device has just that already.
        if (_rows == 1 && _uploadedRows == 1) return;
        for (int plane = 0; plane <= _taps; plane++) Plane(plane)[.._rowBytes].Clear();
        _visual.Upload((long)_rows * _rowBytes, stream);
        _visualTaps?.Upload((long)_taps * _rows * _rowBytes, stream);
        _uploadedRows = _rows;
    }

    /// <summary>Tells a context where everything lies and how large it is.</summary>
    public void Bind(IPlanContext context, int batch, int tokens)
    {
        _ids.Bind(context, batch, tokens);
        _visualIndex.Bind(context, batch, tokens);
        _positions.Bind(context, Axes, batch, tokens);
        _lengths.Bind(context, batch);
        _last.Bind(context, batch);
        _visual.Bind(context, _rows, _width);
        _visualTaps?.Bind(context, _taps, _rows, _width);
    }

    public void Dispose() => _parts.Dispose();

    /// <summary>Only the rows that this chunk looks at go along, in the order in which it does.</summary>
    private void WriteVisual(StepPart part, int first)
    {
        if (_rows > 1) throw new InvalidOperationException("One run takes the visual rows of one step.");
        VisualRows visual = part.Step.Visual!;
        ReadOnlySpan<int> index = part.Step.VisualIndex.Span.Slice(part.From, part.Count);
        _rows = 1 + index.Length - index.Count(0);
        int row = 0;
        for (int i = 0; i < index.Length; i++)
        {
            if (index[i] == 0) continue;
            _visualIndex.Host[first + i] = ++row;
            for (int plane = 0; plane <= _taps; plane++)
            {
                ReadOnlySpan<float> numbers = visual.Values.AsSpan((plane * (1 + visual.Rows) + index[i]) * _width, _width);
                NumberFormat.Narrow(numbers, _element, Plane(plane).Slice(row * _rowBytes, _rowBytes));
            }
        }
    }

    // The main rows, then those of each tap.
    private Span<byte> Plane(int plane) => plane == 0 ? _visual.Host : _visualTaps!.Host[((plane - 1) * _rows * _rowBytes)..];
}
