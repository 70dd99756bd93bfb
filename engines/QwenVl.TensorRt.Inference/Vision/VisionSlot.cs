using QwenVl.Model.Execution;
using QwenVl.Model.Vision;
using QwenVl.TensorRt.Cuda;
using QwenVl.TensorRt.Inference.Memory;
using QwenVl.TensorRt.Inference.Plans;

namespace QwenVl.TensorRt.Inference.Vision;

/// <summary>
/// Memory and streams of one batch under way. Its copies run on a stream of its own, beside the run of another slot's
/// batch; runs follow each other on the tower's stream, since they share the memory of their activations.
/// </summary>
internal sealed class VisionSlot : IPendingEncode, IDisposable
{
    private readonly OwnedParts _parts = new();
    private readonly RunCounter _counter;
    private readonly VisionInputs _inputs;
    private readonly VisionOutputs _outputs;
    private readonly CudaStream _copies;
    private readonly CudaEvent _uploaded;
    private readonly CudaEvent _ran;
    private readonly CudaEvent _downloaded;
    private IReadOnlyList<ImagePatches> _batch = [];
    private VisionRunShape _shape;
    private bool _isTorn;

    public VisionSlot(int index, CudaContext context, Func<VisionInputs> inputs, Func<VisionOutputs> outputs, RunCounter counter)
    {
        (Index, _counter) = (index, counter);
        try
        {
            _inputs = _parts.Add(inputs());
            _outputs = _parts.Add(outputs());
            _copies = _parts.Add(new CudaStream(context));
            _uploaded = _parts.Add(new CudaEvent(context));
            _ran = _parts.Add(new CudaEvent(context));
            // Waited for by a thread that has nothing else to do.
            _downloaded = _parts.Add(new CudaEvent(context, CudaEventOptions.BlockingWait));
        }
        catch
        {
            _parts.Dispose();
            throw;
        }
    }

    /// <summary>Its number among the tower's slots.</summary>
    public int Index { get; }

    /// <summary>Whether a batch is under way.</summary>
    public bool IsBusy { get; private set; }

    /// <summary>Queues a batch from end to end.</summary>
    public void Start(IReadOnlyList<ImagePatches> batch, VisionRunShape shape, VisionProfile profile, CudaStream runs)
    {
        (_batch, _shape) = (batch, shape);
        // Whatever a start that failed half-way has queued must not read what is written now.
        if (_isTorn) _copies.Synchronize();
        _isTorn = true;
        _inputs.Fill(batch, shape);
        _inputs.Upload(shape, _copies);
        _uploaded.Record(_copies);
        runs.WaitFor(_uploaded);
        profile.Runner.Run((Index, shape), context =>
        {
            _inputs.Bind(context, shape);
            _outputs.Bind(context);
        });
        _ran.Record(runs);
        _copies.WaitFor(_ran);
        _outputs.Download(batch, shape, _copies);
        _downloaded.Record(_copies);
        (_isTorn, IsBusy) = (false, true);
    }

    /// <inheritdoc/>
    public IReadOnlyList<ImageFeatures> Finish()
    {
        try
        {
            _downloaded.Synchronize();
            var results = new ImageFeatures[_batch.Count];
            for (int i = 0; i < results.Length; i++) results[i] = _outputs.Read(_batch[i].Grid, _shape, i);
            return results;
        }
        catch (CudaException error)
        {
            _counter.NoteLoss(error);
            throw;
        }
        finally
        {
            _batch = [];
            IsBusy = false;
        }
    }

    public void Dispose()
    {
        Shutdown.Wait(_copies);
        _parts.Dispose();
    }
}
