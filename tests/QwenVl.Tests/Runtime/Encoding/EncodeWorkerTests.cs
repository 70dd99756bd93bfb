using Microsoft.Extensions.Diagnostics.Metrics.Testing;
using Microsoft.Extensions.Time.Testing;
using QwenVl.Model.Execution;
using QwenVl.Model.Vision;
using QwenVl.Runtime.Encoding;
using QwenVl.Runtime.Errors;
using QwenVl.Runtime.Preprocessing.Memory;
using QwenVl.Runtime.Queueing;
using QwenVl.Runtime.Telemetry;
using QwenVl.Tests.Server.Fakes;

namespace QwenVl.Tests.Runtime.Encoding;

public sealed class EncodeWorkerTests : IDisposable
{
    private readonly TestMetrics _metrics = new();
    private readonly Gate _gate = new();
    private readonly FakeTower _tower;

    public EncodeWorkerTests() => _tower = new FakeTower(_gate);

    [Fact]
    public async Task What_waits_is_run_together_up_to_the_batch_size()
    {
        using EncodeWorker worker = Worker();
        Task<EncodeResult> first = worker.EncodeAsync(Picture(1), RequestTerms.Default, default);
        await _gate.ArrivedAsync();
        Task<EncodeResult>[] rest = [.. Enumerable.Range(2, 5).Select(value => worker.EncodeAsync(Picture((byte)value), RequestTerms.Default, default))];
        _gate.Open();
        await first;
        EncodeResult[] results = await Task.WhenAll(rest);

        Assert.Equal([1, 4, 1], _tower.Batches);
        Assert.Equal([2f, 3, 4, 5, 6], results.Select(result => result.Features.Values[0]));
    }

    [Fact]
    public async Task Small_and_large_pictures_are_not_mixed_and_small_ones_pass()
    {
        using EncodeWorker worker = Worker();
        Task<EncodeResult> first = worker.EncodeAsync(Picture(1), RequestTerms.Default, default);
        await _gate.ArrivedAsync();
        Task<EncodeResult>[] rest = [worker.EncodeAsync(Picture(2), RequestTerms.Default, default), worker.EncodeAsync(Picture(3, side: 40), RequestTerms.Default, default), worker.EncodeAsync(Picture(4), RequestTerms.Default, default)];
        _gate.Open();
        await first;
        await Task.WhenAll(rest);

        Assert.Equal([1, 2, 1], _tower.Batches);
    }

    [Fact]
    public async Task A_picture_that_is_cancelled_while_it_waits_is_not_encoded()
    {
        using EncodeWorker worker = Worker();
        Task<EncodeResult> first = worker.EncodeAsync(Picture(1), RequestTerms.Default, default);
        await _gate.ArrivedAsync();
        using var leave = new CancellationTokenSource();
        Task<EncodeResult> leaving = worker.EncodeAsync(Picture(2), RequestTerms.Default, leave.Token);
        Task<EncodeResult> staying = worker.EncodeAsync(Picture(3), RequestTerms.Default, default);
        await leave.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => leaving);
        _gate.Open();
        await Task.WhenAll(first, staying);

        Assert.Equal([1, 1], _tower.Batches);
    }

    [Fact]
    public async Task A_batch_keeps_its_pictures_memory_also_when_everyone_has_left()
    {
        using var pool = new BufferPool(0);
        var ledger = new ByteLedger(1 << 20, _ => { });
        using EncodeWorker worker = Worker();
        using var leave = new CancellationTokenSource();
        ImagePatches patches = await RentedAsync(pool, ledger, 7);
        Task<EncodeResult> running = worker.EncodeAsync(patches, RequestTerms.Default, leave.Token);
        await _gate.ArrivedAsync();
        ImagePatches waits = await RentedAsync(pool, ledger, 8), refused = await RentedAsync(pool, ledger, FakeTower.Poison);
        Task<EncodeResult> waiting = worker.EncodeAsync(waits, RequestTerms.Default, leave.Token), bad = worker.EncodeAsync(refused, RequestTerms.Default, default);
        foreach (ImagePatches mine in (ImagePatches[])[patches, waits, refused]) mine.Dispose();
        await leave.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => running);
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => waiting);
        // The one that waited has gone; the one that runs, and the one behind it, have not.
        Assert.Equal(2 * BufferPool.SizeFor(patches.Grid.Patches * ImageGrid.PatchLength), ledger.Held);

        _gate.Open();
        await Assert.ThrowsAsync<InvalidOperationException>(() => bad);
        await Waiting.UntilAsync(() => ledger.Held == 0, "the memory is given back");
        Assert.Equal([7, FakeTower.Poison], _tower.Seen);
    }

    [Fact]
    public async Task Memory_is_given_back_where_the_picture_is_refused_or_the_worker_ends()
    {
        using var pool = new BufferPool(0);
        var ledger = new ByteLedger(1 << 20, _ => { });
        Task<EncodeResult> first, second;
        using (EncodeWorker worker = Worker(queue: 1))
        {
            using ImagePatches one = await RentedAsync(pool, ledger, 1), two = await RentedAsync(pool, ledger, 2), three = await RentedAsync(pool, ledger, 3);
            first = worker.EncodeAsync(one, RequestTerms.Default, default);
            await _gate.ArrivedAsync();
            second = worker.EncodeAsync(two, RequestTerms.Default, default);
            await Assert.ThrowsAsync<RequestException>(() => worker.EncodeAsync(three, RequestTerms.Default, default));
            Task ending = Task.Run(worker.Dispose);
            await Waiting.UntilAsync(() => worker.IsEnding, "the worker is ending");
            _gate.Open();
            await ending;
        }

        await first;
        await Assert.ThrowsAsync<RequestException>(() => second);
        Assert.Equal(0, ledger.Held);
    }

    [Fact]
    public async Task A_picture_that_the_tower_fails_on_fails_alone()
    {
        using EncodeWorker worker = Worker();
        Task<EncodeResult> first = worker.EncodeAsync(Picture(1), RequestTerms.Default, default);
        await _gate.ArrivedAsync();
        Task<EncodeResult> good = worker.EncodeAsync(Picture(2), RequestTerms.Default, default), bad = worker.EncodeAsync(Picture(FakeTower.Poison), RequestTerms.Default, default);
        _gate.Open();
        await Task.WhenAll(first, good);

        await Assert.ThrowsAsync<InvalidOperationException>(() => bad);
    }

    [Fact]
    public async Task More_than_may_wait_are_refused()
    {
        using EncodeWorker worker = Worker(queue: 1);
        Task<EncodeResult> first = worker.EncodeAsync(Picture(1), RequestTerms.Default, default);
        await _gate.ArrivedAsync();
        Task<EncodeResult> second = worker.EncodeAsync(Picture(2), RequestTerms.Default, default);
        Assert.Equal(RequestReason.QueueFull, (await Assert.ThrowsAsync<RequestException>(() => worker.EncodeAsync(Picture(3), RequestTerms.Default, default))).Reason);
        _gate.Open();
        await Task.WhenAll(first, second);
    }

    [Fact]
    public async Task A_picture_of_too_many_patches_is_refused()
    {
        using EncodeWorker worker = Worker();
        Assert.Equal(RequestReason.ImageTooLarge, (await Assert.ThrowsAsync<RequestException>(() => worker.EncodeAsync(Picture(1, side: 80), RequestTerms.Default, default))).Reason);
    }

    [Fact]
    public async Task A_worker_that_ends_refuses_what_waits_and_what_comes()
    {
        EncodeWorker worker = Worker(batch: 1);
        Task<EncodeResult> first = worker.EncodeAsync(Picture(1), RequestTerms.Default, default);
        await _gate.ArrivedAsync();
        Task<EncodeResult> waiting = worker.EncodeAsync(Picture(2), RequestTerms.Default, default);
        Task ending = Task.Run(worker.Dispose);
        await Waiting.UntilAsync(() => worker.IsEnding, "the worker is told to end");
        _gate.Open();
        await ending;
        await first;

        Assert.Equal(RequestReason.Ending, (await Assert.ThrowsAsync<RequestException>(() => waiting)).Reason);
        Assert.Equal(RequestReason.Ending, (await Assert.ThrowsAsync<RequestException>(() => worker.EncodeAsync(Picture(3), RequestTerms.Default, default))).Reason);
        Assert.True(_tower.IsDisposed);
    }

    [Fact]
    public async Task A_full_batch_is_started_while_another_runs()
    {
        var tower = new PipelinedTower(_gate);
        using EncodeWorker worker = Worker(tower, batch: 2);
        Task<EncodeResult>[] all = [.. Enumerable.Range(1, 5).Select(value => worker.EncodeAsync(Picture((byte)value), RequestTerms.Default, default))];
        await _gate.ArrivedAsync();
        await Waiting.UntilAsync(() => tower.Started >= 2, "the second batch is started");
        _gate.Open();
        EncodeResult[] results = await Task.WhenAll(all);

        Assert.Equal([1f, 2, 3, 4, 5], results.Select(result => result.Features.Values[0]));
        Assert.Equal(2, tower.MostPending);
    }

    [Fact]
    public async Task A_batch_that_is_not_full_waits_for_the_one_that_runs()
    {
        var tower = new PipelinedTower(_gate);
        using EncodeWorker worker = Worker(tower, batch: 4);
        Task<EncodeResult> first = worker.EncodeAsync(Picture(1), RequestTerms.Default, default);
        await _gate.ArrivedAsync();
        Task<EncodeResult>[] rest = [.. Enumerable.Range(2, 3).Select(value => worker.EncodeAsync(Picture((byte)value), RequestTerms.Default, default))];
        _gate.Open();
        await first;
        await Task.WhenAll(rest);

        Assert.Equal(1, tower.MostPending);
        Assert.Equal(2, tower.Started);
    }

    [Fact]
    public async Task A_batch_that_fails_behind_another_fails_alone()
    {
        var tower = new PipelinedTower(_gate);
        using EncodeWorker worker = Worker(tower, batch: 2);
        Task<EncodeResult>[] good = [worker.EncodeAsync(Picture(1), RequestTerms.Default, default), worker.EncodeAsync(Picture(2), RequestTerms.Default, default), worker.EncodeAsync(Picture(3), RequestTerms.Default, default)];
        Task<EncodeResult> bad = worker.EncodeAsync(Picture(FakeTower.Poison), RequestTerms.Default, default), last = worker.EncodeAsync(Picture(5), RequestTerms.Default, default);
        _gate.Open();

        Assert.Equal([1f, 2, 3], (await Task.WhenAll(good)).Select(result => result.Features.Values[0]));
        await Assert.ThrowsAsync<InvalidOperationException>(() => bad);
        Assert.Equal(5, (await last).Features.Values[0]);
    }

    [Fact]
    public async Task A_picture_whose_deadline_passes_while_it_waits_is_not_encoded()
    {
        var time = new FakeTimeProvider();
        using var worker = new EncodeWorker(_tower, "test", 4, 16, TimeSpan.Zero, _metrics.Runtime, time);
        Task<EncodeResult> first = worker.EncodeAsync(Picture(1), RequestTerms.Default, default);
        await _gate.ArrivedAsync();
        Task<EncodeResult> late = worker.EncodeAsync(Picture(2), new RequestTerms { Deadline = time.GetUtcNow() + TimeSpan.FromSeconds(1) }, default);
        Task<EncodeResult> good = worker.EncodeAsync(Picture(3), RequestTerms.Default, default);
        time.Advance(TimeSpan.FromSeconds(1));
        _gate.Open();
        await Task.WhenAll(first, good);

        Assert.Equal(RequestError.DeadlineExceeded, (await Assert.ThrowsAsync<RequestException>(() => late)).Error);
        Assert.Equal([1, 1], _tower.Batches);
    }

    [Fact]
    public async Task A_refused_picture_is_told_how_long_the_queue_takes()
    {
        var time = new FakeTimeProvider();
        using var worker = new EncodeWorker(_tower, "test", 1, 2, TimeSpan.Zero, _metrics.Runtime, time);
        Task<EncodeResult> measured = worker.EncodeAsync(Picture(1), RequestTerms.Default, default);
        await _gate.ArrivedAsync();
        time.Advance(TimeSpan.FromSeconds(3));
        _gate.Let(1);
        await measured;
        Task<EncodeResult> running = worker.EncodeAsync(Picture(1), RequestTerms.Default, default);
        await _gate.ArrivedAsync();
        Task<EncodeResult>[] waiting = [worker.EncodeAsync(Picture(2), RequestTerms.Default, default), worker.EncodeAsync(Picture(3), RequestTerms.Default, default)];

        RequestException refused = await Assert.ThrowsAsync<RequestException>(() => worker.EncodeAsync(Picture(4), RequestTerms.Default, default));
        Assert.Equal(TimeSpan.FromSeconds(6), refused.RetryAfter);
        _gate.Open();
        await Task.WhenAll([running, .. waiting]);
    }

    [Fact]
    public async Task A_batch_that_fails_leaves_no_picture_counted()
    {
        using var waiting = new MetricCollector<long>(_metrics.Factory, RuntimeMetrics.MeterName, "qwenvl.queue.length");
        using (EncodeWorker worker = Worker())
        {
            Task<EncodeResult> first = worker.EncodeAsync(Picture(1), RequestTerms.Default, default);
            await _gate.ArrivedAsync();
            Task<EncodeResult> bad = worker.EncodeAsync(Picture(FakeTower.Poison), RequestTerms.Default, default), good = worker.EncodeAsync(Picture(2), RequestTerms.Default, default);
            _gate.Open();
            await Task.WhenAll(first, good);
            await Assert.ThrowsAsync<InvalidOperationException>(() => bad);
        }

        Assert.Equal(0, waiting.GetMeasurementSnapshot().Sum(measured => measured.Value));
    }

    public void Dispose()
    {
        _gate.Open();
        _metrics.Dispose();
    }

    private EncodeWorker Worker(int queue = 16, int batch = 4) => Worker(_tower, batch, queue);

    private EncodeWorker Worker(IVisionEncoder tower, int batch, int queue = 16) => new(tower, "test", batch, queue, TimeSpan.Zero, _metrics.Runtime, TimeProvider.System);

    private static ImagePatches Picture(byte value, int side = 4)
    {
        var grid = new ImageGrid(side, side);
        var values = new byte[grid.Patches * ImageGrid.PatchLength];
        values[0] = value;
        return new ImagePatches(grid, values);
    }

    private static async Task<ImagePatches> RentedAsync(BufferPool pool, ByteLedger ledger, byte value)
    {
        var grid = new ImageGrid(4, 4);
        int length = grid.Patches * ImageGrid.PatchLength;
        PooledBuffer buffer = pool.Rent(length, await ledger.ReserveAsync(BufferPool.SizeFor(length), default));
        buffer.GetSpan().Fill(value);
        return new ImagePatches(grid, buffer);
    }

    private sealed class FakeTower(Gate gate) : IVisionEncoder
    {
        public const byte Poison = 99;

        public List<int> Batches { get; } = [];

        /// <summary>The first byte of each picture as it was when the tower had read it.</summary>
        public List<byte> Seen { get; } = [];

        public bool IsDisposed { get; private set; }

        public int FeatureWidth => 1;

        public int TapCount => 0;

        public int MaxBatchSize => 8;

        public int MaxPatches => 4096;

        public IReadOnlyList<int> PatchBuckets => [1024, 4096];

        public IReadOnlyList<ImageFeatures> Encode(IReadOnlyList<ImagePatches> batch)
        {
            gate.Pass();
            Batches.Add(batch.Count);
            Seen.AddRange(batch.Select(picture => picture.Values.Span[0]));
            if (batch.Any(picture => picture.Values.Span[0] == Poison)) throw new InvalidOperationException("poison");
            return [.. batch.Select(picture => new ImageFeatures(picture.Grid, 1, 0, [.. Enumerable.Repeat((float)picture.Values.Span[0], picture.Grid.Tokens)]))];
        }

        public void Dispose() => IsDisposed = true;
    }
    /// <summary>Takes a second batch while the first one is held at the gate.</summary>
    private sealed class PipelinedTower(Gate gate) : IVisionEncoder
    {
        private volatile int _started;
        private int _pending;

        public int Started => _started;

        public int MostPending { get; private set; }

        public int FeatureWidth => 1;

        public int TapCount => 0;

        public int MaxBatchSize => 8;

        public int MaxPatches => 4096;

        public IReadOnlyList<int> PatchBuckets => [1024, 4096];

        public int MaxPending => 2;

        public IReadOnlyList<ImageFeatures> Encode(IReadOnlyList<ImagePatches> batch) => Start(batch).Finish();

        public IPendingEncode Start(IReadOnlyList<ImagePatches> batch)
        {
            int pending = Interlocked.Increment(ref _pending);
            Assert.InRange(pending, 1, MaxPending);
            MostPending = Math.Max(MostPending, pending);
            _started++;
            return new Batch(this, batch);
        }

        public void Dispose() => Assert.Equal(0, _pending);

        private sealed class Batch(PipelinedTower tower, IReadOnlyList<ImagePatches> batch) : IPendingEncode
        {
            public IReadOnlyList<ImageFeatures> Finish()
            {
                try
                {
                    return new FakeTower(tower.Gate).Encode(batch);
                }
                finally
                {
                    Interlocked.Decrement(ref tower._pending);
                }
            }
        }

        private Gate Gate => gate;
    }
}
