using System.Numerics;
using QwenVl.Model.Configuration;
using QwenVl.Model.Execution;
using QwenVl.TensorRt.Cuda;
using QwenVl.TensorRt.Inference.Memory;
using QwenVl.TensorRt.Inference.Plans;

namespace QwenVl.TensorRt.Inference.Decoding;

/// <summary>
/// A decoder on TensorRT. Keys and values stay on the device, in slots; all sequences that append one token share a run,
/// those that append more each have their own.
/// </summary>
public sealed class TensorRtTextDecoder : ITextDecoder
{
    private const int DecodeProfile = 0;
    private const int PrefillProfile = 1;

    private readonly ModelConfig _config;
    private readonly CudaContext _context;
    private readonly RunCounter _counter;
    private readonly OwnedParts _parts = new();
    private readonly CudaStream _stream;
    private readonly KeyValueCache _cache;
    private readonly ICacheBinding _binding;
    private readonly PlanRunner<(int Batch, int Rows)> _decode;
    private readonly PlanRunner<int> _prefill;
    private readonly StepInputs _decodeInputs;
    private readonly StepInputs _prefillInputs;
    private readonly StepOutputs _outputs;
    private readonly CudaDeviceVariable<byte> _newRows;
    private readonly List<(DecodeStep Step, int Row)> _lastRun = [];
    private readonly TensorRtSequence?[] _held;
    private readonly int _maxChunk;
    private bool _disposed;

    /// <param name="plan">The decoder's plan; owned, also where this throws.</param>
    /// <param name="config">The checkpoint's shape.</param>
    /// <param name="context">The device; not owned.</param>
    /// <param name="options">How to run.</param>
    internal TensorRtTextDecoder(IPlan plan, ModelConfig config, CudaContext context, TensorRtInferenceOptions options)
    {
        (_config, _context, _counter) = (config, context, options.Runs);
        try
        {
            _parts.Add(plan);
            _stream = _parts.Add(new CudaStream(context));
            PlanTensor[] tensors = [.. plan.Tensors];
            string first = tensors.Any(tensor => tensor.Name == PastBinding.FirstInput) ? PastBinding.FirstInput : InPlaceBinding.FirstInput;
            PlanTensor cacheTensor = tensors.First(tensor => tensor.Name == first), visual = tensors.First(tensor => tensor.Name == "visual");
            (MaxBatchSize, _maxChunk) = ((int)plan.MaxShape("input_ids", DecodeProfile)[0], (int)plan.MaxShape("input_ids", PrefillProfile)[1]);
            _held = new TensorRtSequence?[MaxBatchSize];
            int headDim = config.Text.HeadDim, rows = (int)plan.MaxShape(first, DecodeProfile)[2];
            MaxSequenceLength = Math.Min(rows, config.Text.MaxPositions);
            var layout = new CacheLayout(2 * config.Text.Layers, MaxBatchSize, config.Text.KeyValueHeads, headDim * cacheTensor.ElementBytes, rows);
            _binding = _parts.Add<ICacheBinding>(first == PastBinding.FirstInput ? new PastBinding(layout, headDim) : new InPlaceBinding(context, layout, headDim, _stream));
            _cache = _parts.Add(new KeyValueCache(context, layout, _binding.HasFixedRows, _stream));

            long activations = Math.Max(1, Enumerable.Range(0, plan.ProfileCount).Max(plan.DeviceMemoryBytes));
            CudaDeviceVariable<byte> memory = _parts.Add(new CudaDeviceVariable<byte>(context, activations));
            _decode = _parts.Add(new PlanRunner<(int, int)>(() => plan.CreateContext(DecodeProfile, memory.DevicePointer, activations, _stream), _stream, options.UseCudaGraphs, options.Runs));
            _prefill = _parts.Add(new PlanRunner<int>(() => plan.CreateContext(PrefillProfile, memory.DevicePointer, activations, _stream), _stream, useGraphs: false, options.Runs));
            _decodeInputs = _parts.Add(new StepInputs(context, config, visual, _binding.LengthsInput, MaxBatchSize, 1));
            _prefillInputs = _parts.Add(new StepInputs(context, config, visual, _binding.LengthsInput, 1, _maxChunk));
            int top = (int)tensors.First(tensor => tensor.Name == "top_values").Shape[^1];
            _outputs = _parts.Add(new StepOutputs(context, VocabularySize, top, sharedRows: MaxBatchSize, ownRows: MaxBatchSize));
            long appended = (long)layout.Planes * layout.Heads * layout.RowBytes;
            _newRows = _parts.Add(new CudaDeviceVariable<byte>(context, _binding.HasFixedRows ? 1 : appended * Math.Max(MaxBatchSize, _maxChunk)));
            _stream.Synchronize();
        }
        catch
        {
            _parts.Dispose();
            throw;
        }
    }

    /// <inheritdoc/>
    public int VocabularySize => _config.Text.VocabularySize;

    /// <inheritdoc/>
    public int MaxSequenceLength { get; }

    /// <inheritdoc/>
    public int MaxBatchSize { get; }

    /// <summary>Bytes of the key-value cache, taken whole when the decoder is loaded.</summary>
    public long CacheBytes => _cache.Layout.TotalBytes;

    /// <summary>Runs every number of sequences and of cache rows once, so that no answer waits for its first time.</summary>
    /// <param name="cancellationToken">Ends it early.</param>
    /// <exception cref="InvalidOperationException">There are sequences.</exception>
    public void WarmUp(CancellationToken cancellationToken)
    {
        if (_cache.UsedSlots > 0) throw new InvalidOperationException("Warm up before the first sequence.");
        _context.MakeCurrent();
        for (int batch = 1; ; batch = RunBatch(batch + 1))
        {
            var sequences = new List<IDecoderSequence>();
            try
            {
                for (int i = 0; i < batch; i++) sequences.Add(CreateSequence(MaxSequenceLength));
                int rows = 0;
                do
                {
                    cancellationToken.ThrowIfCancellationRequested();
                    rows = Reserved(_cache.Layout.RowsFor(rows + 1));
                    RunTogether([.. sequences.Select(sequence => new StepPart(Blank(sequence), 0, 1, 0))], rows);
                    _stream.Synchronize();
                }
                while (rows < _cache.Layout.MaxRows);
                // Prompts come in chunks of any length: the shortest and the longest load most of their kernels.
                foreach (int tokens in batch > 1 ? (int[])[] : [1, Math.Min(_maxChunk, MaxSequenceLength)])
                    RunAlone(new StepPart(Blank(sequences[0], tokens), 0, tokens, 0), MaxBatchSize, rows);
            }
            finally
            {
                foreach (IDecoderSequence sequence in sequences) sequence.Dispose();
            }

            if (batch == MaxBatchSize) return;
        }
    }

    /// <inheritdoc/>
    public IDecoderSequence CreateSequence(int capacity)
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        ArgumentOutOfRangeException.ThrowIfLessThan(capacity, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(capacity, MaxSequenceLength);
        _cache.Shrink();
        int slot = _cache.Take();
        if (slot < 0) throw new InvalidOperationException($"All {MaxBatchSize} places of the key-value cache are taken; end a sequence first.");
        return _held[slot] = new TensorRtSequence(this, slot, capacity);
    }

    /// <inheritdoc/>
    public void Run(IReadOnlyList<DecodeStep> steps)
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        StepCheck.Require(steps, this, _config, sequence => sequence is TensorRtSequence own && own.Owner == this);
        _context.MakeCurrent();
        try
        {
            _lastRun.Clear();
            int needed = steps.Max(step => step.Sequence.Length + step.Tokens.Length);
            int rows = Reserved(_cache.Layout.RowsFor(needed));

            var together = new List<StepPart>();
            var alone = new List<DecodeStep>();
            int row = MaxBatchSize;
            foreach (DecodeStep step in steps)
            {
                var whole = new StepPart(step, 0, step.Tokens.Length, step.Sequence.Length);
                if (whole is not { Count: 1, HasVisual: false })
                {
                    alone.Add(step);
                    continue;
                }

                together.Add(whole);
                _lastRun.Add((step, ((TensorRtSequence)step.Sequence).Slot));
            }

            // First, while what the others hold is as long as they say.
            if (together.Count > 0) RunTogether(together, rows);
            foreach (DecodeStep step in alone)
            {
                foreach (StepPart part in StepPart.Of(step, _maxChunk)) RunAlone(part, row, rows);
                _lastRun.Add((step, row++));
            }

            _stream.Synchronize();
        }
        catch (Exception error)
        {
            if (error is CudaException cuda) _counter.NoteLoss(cuda);
            // Whoever tries again writes the same page-locked memory: nothing may still be read from it.
            Shutdown.Wait(_stream);
            throw;
        }

        // Only now, so that a run that throws leaves every sequence as it was: rows beyond a length are never read.
        foreach ((DecodeStep step, int at) in _lastRun)
        {
            ((TensorRtSequence)step.Sequence).Grow(step.Tokens.Length);
            (step.Logits, step.Candidates) = (default, _outputs.Candidates(at));
            // A sequence that has come to this is at its end; the next one in its place must not compute with what it left.
            if (!float.IsFinite(step.Candidates.Value.Logits.Span[0])) _cache.Erase(((TensorRtSequence)step.Sequence).Slot);
        }
    }

    /// <inheritdoc/>
    public ReadOnlyMemory<float> ReadLogits(DecodeStep step)
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        _context.MakeCurrent();
        foreach ((DecodeStep ran, int row) in _lastRun)
            if (ran == step) return _outputs.ReadLogits(row, _stream);
        throw new ArgumentException("The step is not of the latest run.", nameof(step));
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        if (_disposed) return;
        _disposed = true;
        Shutdown.Prepare(_context, _stream);
        _parts.Dispose();
    }

    /// <summary>Takes a sequence's place back.</summary>
    internal void Release(int slot)
    {
        if (_disposed) return;
        _held[slot] = null;
        _cache.Release(slot);
    }

    private static DecodeStep Blank(IDecoderSequence sequence, int tokens = 1) => new() { Sequence = sequence, Tokens = new int[tokens], Positions = new int[3 * tokens] };

    private int Reserved(int rows)
    {
        if (_binding.HasFixedRows) return rows;
        _cache.Reserve(rows);
        return _cache.Rows;
    }

    private int RunBatch(int sequences) => Math.Min(MaxBatchSize, (int)BitOperations.RoundUpToPowerOf2((uint)sequences));

    /// <summary>One token of each.</summary>
    private void RunTogether(List<StepPart> parts, int rows)
    {
        int batch = RunBatch(1 + parts.Max(part => ((TensorRtSequence)part.Step.Sequence).Slot));
        _decodeInputs.Clear(batch, 1);
        // Those that append nothing compute along: what they write must lie beyond what they hold.
        for (int slot = 0; slot < batch; slot++) _decodeInputs.SetLength(slot, _held[slot]?.Length ?? 0);
        foreach (StepPart part in parts) _decodeInputs.Write(part, ((TensorRtSequence)part.Step.Sequence).Slot, batch, 1);
        _decodeInputs.Upload(batch, 1, _stream);
        _decode.Run((batch, rows), context =>
        {
            _decodeInputs.Bind(context, batch, 1);
            _binding.Bind(context, _cache, 0, batch, rows);
            Bind(context, 0);
        });
        if (!_binding.HasFixedRows)
        {
            foreach (StepPart part in parts) Append(part, ((TensorRtSequence)part.Step.Sequence).Slot, 1);
        }

        _outputs.Download(0, batch, _stream);
    }

    private void RunAlone(StepPart part, int row, int rows)
    {
        int slot = ((TensorRtSequence)part.Step.Sequence).Slot;
        _prefillInputs.Clear(1, part.Count);
        _prefillInputs.Write(part, 0, 1, part.Count);
        _prefillInputs.Upload(1, part.Count, _stream);
        _prefill.RunOnce(context =>
        {
            _prefillInputs.Bind(context, 1, part.Count);
            _binding.Bind(context, _cache, slot, 1, rows);
            Bind(context, row);
        });
        if (!_binding.HasFixedRows) Append(part, 0, part.Count);
        _outputs.Download(row, 1, _stream);
        // The next one writes the same page-locked memory.
        _stream.Synchronize();
    }

    private void Bind(IPlanContext context, int row)
    {
        _outputs.Bind(context, row);
        if (!_binding.HasFixedRows) context.SetAddress("new_key_values", _newRows.DevicePointer);
    }

    private void Append(StepPart part, int place, int chunk)
    {
        CacheLayout layout = _cache.Layout;
        long sequence = (long)layout.Planes * layout.Heads * chunk * layout.RowBytes;
        _cache.Append(_newRows, place * sequence, chunk, ((TensorRtSequence)part.Step.Sequence).Slot, part.Past, part.Count);
    }
}
