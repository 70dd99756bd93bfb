using Microsoft.Extensions.Diagnostics.Metrics.Testing;
using Microsoft.Extensions.Options;
using QwenVl.Model.Vision;
using QwenVl.Runtime.Configuration;
using QwenVl.Runtime.Errors;
using QwenVl.Runtime.Preprocessing;
using QwenVl.Runtime.Telemetry;
using QwenVl.Tests.Server.Fakes;

namespace QwenVl.Tests.Runtime.Preprocessing;

public sealed class ImagePreparationTests : IDisposable
{
    private readonly TestMetrics _metrics = new();
    private readonly Gate _gate = new();

    [Fact]
    public async Task A_pictures_patches_are_those_of_its_decoded_pixels_and_its_bytes_come_back()
    {
        using ImagePreparation preparation = Preparation();
        foreach (byte[] file in (byte[][])[PictureFiles.Good, PictureFiles.TurnedJpeg(), PictureFiles.SixteenBit, PictureFiles.WebP, PictureFiles.CmykJpeg()])
        {
            using ImagePatches expected = ImagePreprocessor.Prepare(DecodedPictures.Decode(file), SmartResize.Pixels512);
            using PreparedImage prepared = await PrepareAsync(preparation, file);
            Assert.Equal(expected.Grid, prepared.Patches.Grid);
            Assert.True(expected.Values.Span.SequenceEqual(prepared.Patches.Values.Span));
            Assert.InRange(preparation.HeldBytes, prepared.Patches.Values.Length, prepared.Patches.Values.Length * 2);
        }

        Assert.Equal((0, 0), (preparation.HeldBytes, preparation.Waiting));
    }

    [Fact]
    public async Task Bytes_come_back_from_a_picture_that_cannot_be_decoded()
    {
        using ImagePreparation preparation = Preparation();
        var refused = await Assert.ThrowsAsync<RequestException>(() => PrepareAsync(preparation, PictureFiles.DamagedPng));
        Assert.Equal(RequestReason.DamagedImage, refused.Reason);
        Assert.Equal((0, 0), (preparation.HeldBytes, preparation.Waiting));
    }

    [Fact]
    public async Task What_does_not_fit_into_the_memory_waits_for_it_and_leaves_when_nobody_wants_it()
    {
        using ImagePreparation preparation = Preparation(options => options.PreprocessMemoryMb = 16);
        byte[] large = PictureFiles.Png(1900, 1900);
        var held = new List<PreparedImage>();
        using var leave = new CancellationTokenSource();
        Task<PreparedImage> waiting;
        // What is finished holds its patches only, until not even one more decoded picture fits beside them.
        for (waiting = PrepareAsync(preparation, large, leave.Token); preparation.WaitingForBytes == 0; waiting = PrepareAsync(preparation, large, leave.Token)) held.Add(await waiting);

        Assert.InRange(held.Count, 1, 15);
        Assert.Equal(1, preparation.Waiting);
        long bytes = preparation.HeldBytes;
        await leave.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => waiting);
        Assert.Equal((bytes, 0), (preparation.HeldBytes, preparation.Waiting));

        waiting = PrepareAsync(preparation, large);
        Assert.False(waiting.IsCompleted);
        foreach (PreparedImage image in held) image.Dispose();
        (await waiting.WaitAsync(Waiting.Limit)).Dispose();
        Assert.Equal((0, 0), (preparation.HeldBytes, preparation.Waiting));
    }

    [Fact]
    public async Task A_picture_that_could_never_fit_is_refused_with_the_way_out()
    {
        using ImagePreparation preparation = Preparation(options => options.PreprocessMemoryMb = 16);
        var refused = await Assert.ThrowsAsync<RequestException>(() => PrepareAsync(preparation, PictureFiles.Png(2500, 2500, rows: 0)));
        Assert.Equal((RequestError.InvalidArgument, RequestReason.ImageTooLarge), (refused.Error, refused.Reason));
        Assert.Contains("PreprocessMemoryMb", refused.Message, StringComparison.Ordinal);
        Assert.Equal((0, 0), (preparation.HeldBytes, preparation.Waiting));
    }

    [Fact]
    public async Task Who_waits_for_a_worker_leaves_at_once_and_more_than_may_wait_are_refused()
    {
        using ImagePreparation preparation = Preparation(options => (options.PreprocessWorkers, options.MaxQueueLength) = (1, 2), new GatedTime(_gate));
        using var leave = new CancellationTokenSource();
        Task<PreparedImage> running = PrepareAsync(preparation, PictureFiles.Good);
        await _gate.ArrivedAsync();
        Task<PreparedImage> leaving = PrepareAsync(preparation, PictureFiles.Good, leave.Token), staying = PrepareAsync(preparation, PictureFiles.Good);
        var full = await Assert.ThrowsAsync<RequestException>(() => PrepareAsync(preparation, PictureFiles.Good));
        Assert.Equal((RequestError.ResourceExhausted, RequestReason.QueueFull, true), (full.Error, full.Reason, full.RetryAfter > TimeSpan.Zero));
        await leave.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => leaving);
        Assert.Equal(1, preparation.Waiting);

        _gate.Open();
        (await running).Dispose();
        (await staying).Dispose();
        Assert.Equal((0, 0), (preparation.HeldBytes, preparation.Waiting));
    }

    [Fact]
    public async Task As_many_pictures_as_there_are_workers_are_prepared_at_a_time()
    {
        using ImagePreparation preparation = Preparation(options => options.PreprocessWorkers = 3, new GatedTime(_gate));
        Task<PreparedImage>[] pictures = [.. Enumerable.Range(0, 4).Select(_ => PrepareAsync(preparation, PictureFiles.Good))];
        // All three stand in the middle of their work at once, and the fourth picture waits.
        for (int worker = 0; worker < 3; worker++) await _gate.ArrivedAsync();
        Assert.Equal(1, preparation.Waiting);
        _gate.Open();
        foreach (PreparedImage picture in await Task.WhenAll(pictures)) picture.Dispose();
        Assert.Equal((0, 0), (preparation.HeldBytes, preparation.Waiting));
    }

    [Fact]
    public async Task Work_that_nobody_wants_any_more_ends_before_it_resizes()
    {
        using ImagePreparation preparation = Preparation(time: new GatedTime(_gate));
        using var leave = new CancellationTokenSource();
        Task<PreparedImage> running = PrepareAsync(preparation, PictureFiles.Good, leave.Token);
        await _gate.ArrivedAsync();
        await leave.CancelAsync();
        // The bytes are in use until the worker is done.
        Assert.False(running.IsCompleted);
        Assert.True(preparation.HeldBytes > 0);
        _gate.Open();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => running);
        Assert.Equal((0, 0), (preparation.HeldBytes, preparation.Waiting));
    }

    [Fact]
    public async Task Who_waits_when_the_server_ends_is_told_so()
    {
        ImagePreparation preparation = Preparation(options => options.PreprocessWorkers = 1, new GatedTime(_gate));
        Task<PreparedImage> running = PrepareAsync(preparation, PictureFiles.Good);
        await _gate.ArrivedAsync();
        Task<PreparedImage> waiting = PrepareAsync(preparation, PictureFiles.Good);
        Task ending = Task.Run(preparation.Dispose);
        await Waiting.UntilAsync(() => PrepareAsync(preparation, PictureFiles.Good) is { IsFaulted: true }, "nothing is taken any more");
        _gate.Open();
        await ending;
        (await running).Dispose();
        Assert.Equal(RequestReason.Ending, (await Assert.ThrowsAsync<RequestException>(() => waiting)).Reason);
        await Waiting.UntilAsync(() => preparation is { HeldBytes: 0, Waiting: 0 }, "all bytes come back");
    }

    [Fact]
    public async Task Decoding_resizing_waiting_and_bytes_are_measured()
    {
        using var stages = new MetricCollector<double>(_metrics.Factory, RuntimeMetrics.MeterName, "qwenvl.preprocess.stage.duration");
        using var waits = new MetricCollector<double>(_metrics.Factory, RuntimeMetrics.MeterName, "qwenvl.queue.duration");
        using var lengths = new MetricCollector<long>(_metrics.Factory, RuntimeMetrics.MeterName, "qwenvl.queue.length");
        using var bytes = new MetricCollector<long>(_metrics.Factory, RuntimeMetrics.MeterName, "qwenvl.preprocess.memory");
        using ImagePreparation preparation = Preparation();
        (await PrepareAsync(preparation, PictureFiles.Good)).Dispose();

        Assert.Equal(["decode", "resize"], stages.GetMeasurementSnapshot().Select(measured => measured.Tags["stage"]));
        Assert.Equal(["preprocess"], waits.GetMeasurementSnapshot().Select(measured => measured.Tags["stage"]));
        Assert.Equal([1, -1], lengths.GetMeasurementSnapshot().Select(measured => measured.Value));
        Assert.True(bytes.GetMeasurementSnapshot()[0].Value > 0);
        Assert.Equal(0, bytes.GetMeasurementSnapshot().Sum(measured => measured.Value));
    }

    [Fact]
    public void A_recipe_tells_exact_from_scaled()
    {
        using ImagePreparation scaled = Preparation(), exact = Preparation(options => options.ExactPreprocessing = true);
        EncodedImage image = EncodedImage.Create(LargePictures.Drawn(2400, 1800), scaled);
        ImageGrid grid = SmartResize.Fit(image.Height, image.Width, SmartResize.DefaultMinPixels, SmartResize.Pixels512);
        Assert.Equal(ImagePreprocessor.VersionOf(2), scaled.RecipeOf(image, grid));
        Assert.Equal(ImagePreprocessor.Version, exact.RecipeOf(image, grid));
    }

    public void Dispose()
    {
        _gate.Open();
        _metrics.Dispose();
    }

    private ImagePreparation Preparation(Action<RuntimeOptions>? configure = null, TimeProvider? time = null)
    {
        var options = new RuntimeOptions();
        configure?.Invoke(options);
        return new ImagePreparation(Options.Create(options), _metrics.Runtime, time ?? TimeProvider.System);
    }

    private static Task<PreparedImage> PrepareAsync(ImagePreparation preparation, byte[] file, CancellationToken cancellation = default)
    {
        EncodedImage image = EncodedImage.Create(file, preparation);
        return preparation.PrepareAsync(image, SmartResize.Fit(image.Height, image.Width, SmartResize.DefaultMinPixels, SmartResize.Pixels512), cancellation);
    }

    /// <summary>Holds workers where they look at the clock.</summary>
    private sealed class GatedTime(Gate gate) : TimeProvider
    {
        public override long GetTimestamp()
        {
            if (Thread.CurrentThread.Name?.StartsWith("prepare", StringComparison.Ordinal) == true) gate.Pass();
            return base.GetTimestamp();
        }
    }
}
