using QwenVl.Model.Configuration;
using QwenVl.Model.Execution;
using QwenVl.Model.Vision;
using QwenVl.TensorRt.Cuda;
using QwenVl.TensorRt.Inference.Memory;
using QwenVl.TensorRt.Inference.Plans;

namespace QwenVl.TensorRt.Inference.Vision;

/// <summary>
/// A vision tower on TensorRT. Pictures of one batch are padded to one size; a second batch is brought to the device while
/// the first one runs.
/// </summary>
public sealed class TensorRtVisionEncoder : IVisionEncoder
{
    private const int SlotCount = 2;

    private readonly VisionConfig _config;
    private readonly CudaContext _context;
    private readonly RunCounter _counter;
    private readonly OwnedParts _parts = new();
    private readonly CudaStream _runs;
    private readonly List<VisionProfile> _profiles = [];
    private readonly VisionSlot[] _slots = new VisionSlot[SlotCount];
    private int _next;
    private bool _disposed;

    /// <param name="plan">The tower's plan; owned, also where this throws.</param>
    /// <param name="config">The checkpoint's shape.</param>
    /// <param name="context">The device; not owned.</param>
    /// <param name="options">How to run.</param>
    internal TensorRtVisionEncoder(IPlan plan, VisionConfig config, CudaContext context, TensorRtInferenceOptions options)
    {
        (_config, _context, _counter) = (config, context, options.Runs);
        try
        {
            _parts.Add(plan);
            _runs = _parts.Add(new CudaStream(context));
            long activations = Enumerable.Range(0, plan.ProfileCount).Max(plan.DeviceMemoryBytes);
            CudaDeviceVariable<byte> memory = _parts.Add(new CudaDeviceVariable<byte>(context, Math.Max(1, activations)));
            for (int i = 0; i < plan.ProfileCount; i++)
            {
                IReadOnlyList<long> largest = plan.MaxShape("patches", i);
                (MaxBatchSize, MaxPatches) = ((int)largest[0], (int)largest[1]);
                int profile = i;
                var runner = new PlanRunner<(int, VisionRunShape)>(() => plan.CreateContext(profile, memory.DevicePointer, memory.SizeInBytes, _runs), _runs, options.UseCudaGraphs, options.Runs);
                _profiles.Add(new VisionProfile(MaxPatches, _parts.Add(runner)));
            }

            PatchBuckets = [.. _profiles.Select(profile => profile.MaxPatches)];
            PlanTensor features = plan.Tensors.First(tensor => tensor.Name == "features");
            var tables = new VisionTableCache(config);
            for (int i = 0; i < SlotCount; i++)
            {
                _slots[i] = _parts.Add(new VisionSlot(
                    i,
                    context,
                    () => new VisionInputs(context, config, tables, MaxBatchSize, MaxPatches),
                    () => new VisionOutputs(context, config, features, MaxBatchSize, MaxPatches),
                    _counter));
            }
        }
        catch
        {
            _parts.Dispose();
            throw;
        }
    }

    /// <inheritdoc/>
    public int FeatureWidth => _config.OutHiddenSize;

    /// <inheritdoc/>
    public int TapCount => _config.TapIndexes.Count;

    /// <inheritdoc/>
    public int MaxBatchSize { get; }

    /// <inheritdoc/>
    public int MaxPatches { get; }

    /// <inheritdoc/>
    public IReadOnlyList<int> PatchBuckets { get; }

    /// <inheritdoc/>
    public int MaxPending => SlotCount;

    /// <summary>Runs every padded size once, so that no request waits for its first time: kernels are loaded and graphs recorded.</summary>
    /// <param name="cancellationToken">Ends it early.</param>
    public void WarmUp(CancellationToken cancellationToken)
    {
        int above = 4;
        foreach (VisionProfile profile in _profiles)
        {
            foreach (VisionRunShape shape in VisionRunShape.All(above, MaxBatchSize, profile.MaxPatches))
            {
                for (int slot = 0; slot < SlotCount; slot++)
                {
                    cancellationToken.ThrowIfCancellationRequested();
                    // The widest picture of so many patches: its grid is in every table.
                    var grid = new ImageGrid(2, shape.Patches / 2);
                    var image = new ImagePatches(grid, new byte[grid.Patches * ImageGrid.PatchLength]);
                    Start([.. Enumerable.Repeat(image, shape.Batch)]).Finish();
                }
            }

            above = profile.MaxPatches + 4;
        }
    }

    /// <inheritdoc/>
    public long PatchesOf(IReadOnlyList<ImagePatches> batch)
    {
        ArgumentNullException.ThrowIfNull(batch);
        int largest = batch.Max(image => image.Grid.Patches);
        VisionRunShape shape = VisionRunShape.For(batch.Count, largest, MaxBatchSize, ProfileFor(largest).MaxPatches);
        return (long)shape.Batch * shape.Patches;
    }

    /// <inheritdoc/>
    public IReadOnlyList<ImageFeatures> Encode(IReadOnlyList<ImagePatches> batch) => Start(batch).Finish();

    /// <inheritdoc/>
    public IPendingEncode Start(IReadOnlyList<ImagePatches> batch)
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        ArgumentNullException.ThrowIfNull(batch);
        if (batch.Count == 0 || batch.Count > MaxBatchSize) throw new ArgumentException($"{batch.Count} pictures where 1 to {MaxBatchSize} are taken.", nameof(batch));
        int patches = 0;
        foreach (ImagePatches image in batch)
        {
            if (image.Grid.Patches > MaxPatches) throw new ArgumentException($"A picture of {image.Grid.Patches} patches where {MaxPatches} are taken.", nameof(batch));
            if (image.Values.Length != image.Grid.Patches * ImageGrid.PatchLength)
                throw new ArgumentException($"{image.Values.Length} bytes where a grid of {image.Grid} has {image.Grid.Patches * ImageGrid.PatchLength}.", nameof(batch));
            patches = Math.Max(patches, image.Grid.Patches);
        }

        VisionSlot slot = _slots[_next];
        if (slot.IsBusy) throw new InvalidOperationException($"{SlotCount} batches are under way already; finish one first.");
        _context.MakeCurrent();
        VisionProfile profile = ProfileFor(patches);
        try
        {
            slot.Start(batch, VisionRunShape.For(batch.Count, patches, MaxBatchSize, profile.MaxPatches), profile, _runs);
        }
        catch (CudaException error)
        {
            _counter.NoteLoss(error);
            throw;
        }

        _next = (_next + 1) % SlotCount;
        return slot;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        if (_disposed) return;
        _disposed = true;
        Shutdown.Prepare(_context, _runs);
        _parts.Dispose();
    }

    private VisionProfile ProfileFor(int patches) => _profiles.First(candidate => patches <= candidate.MaxPatches);
}
