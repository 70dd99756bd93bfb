using System.Collections.Concurrent;
using QwenVl.Engines.Building;
using QwenVl.Engines.Caching;
using QwenVl.Model.Manifest;
using QwenVl.Tests.Golden;
using QwenVl.Tests.Infrastructure;

namespace QwenVl.Tests.Engines.Caching;

public sealed class EngineCacheTests : IDisposable
{
    private static readonly EngineBuildOptions Quantised = new()
    {
        Dialect = EngineDialect.OnnxRuntime,
        VisionWeights = WeightFormat.Int8,
        DecoderWeights = WeightFormat.Int4Block32,
    };

    private static readonly EngineBuildOptions InPlace = Quantised with { VisionWeights = WeightFormat.Float32, DecoderWeights = WeightFormat.Float32 };

    private readonly TemporaryFolder _folder = new();
    private readonly string _model;
    private readonly string _root;

    public EngineCacheTests()
    {
        (_model, _root) = (_folder.File("model"), _folder.File("cache"));
        SyntheticCheckpoint.Write(_model);
    }

    [Fact]
    public async Task A_cache_in_a_folder_of_its_own_keeps_everything_there()
    {
        await new EngineCache(_root).GetOrBuildAsync(_model, Quantised, progress: null, TestContext.Current.CancellationToken);

        Assert.Single(Directory.GetFiles(Path.Combine(_root, "fingerprints")));
    }

    [Fact]
    public async Task Those_who_ask_together_get_one_engine_built_once()
    {
        var events = new Collected();
        EngineDirectory[] engines = await Task.WhenAll(Enumerable.Range(0, 6).Select(_ =>
            Cache().GetOrBuildAsync(_model, Quantised, events, TestContext.Current.CancellationToken)));

        Assert.Single(engines.Select(engine => engine.Path).Distinct());
        Assert.Single(events.All, at => at is { Stage: "decoder", Fraction: 0 });
        Assert.Single(Directory.GetDirectories(_root));
    }

    [Fact]
    public async Task A_quantised_engine_needs_its_checkpoint_no_more()
    {
        EngineDirectory engine = await Cache().GetOrBuildAsync(_model, Quantised, cancellationToken: TestContext.Current.CancellationToken);
        Directory.Delete(_model, recursive: true);

        EngineDirectory again = EngineDirectory.Open(engine.Path);
        Assert.Null(again.Manifest.WeightsFolder);
        Assert.Equal(engine.Path, again.DecoderWeightsFolder);
    }

    [Fact]
    public async Task An_engine_in_place_names_a_weights_file_that_is_gone_and_is_built_anew_where_it_moved()
    {
        EngineDirectory engine = await Cache().GetOrBuildAsync(_model, InPlace, cancellationToken: TestContext.Current.CancellationToken);
        string moved = _folder.File("moved");
        Directory.Move(_model, moved);

        var error = Assert.Throws<QwenVl.Model.Checkpoints.CheckpointException>(() => EngineDirectory.Open(engine.Path));
        Assert.Contains("model.safetensors: missing", error.Message, StringComparison.Ordinal);
        EngineDirectory anew = await Cache().GetOrBuildAsync(moved, InPlace, cancellationToken: TestContext.Current.CancellationToken);
        Assert.Equal(moved, anew.DecoderWeightsFolder);
        Assert.Equal(engine.Manifest.Fingerprint, anew.Manifest.Fingerprint);
    }

    [Fact]
    public async Task Other_weights_or_other_stop_tokens_are_another_engine()
    {
        var cache = Cache();
        EngineDirectory first = await cache.GetOrBuildAsync(_model, InPlace, cancellationToken: TestContext.Current.CancellationToken);
        await File.WriteAllTextAsync(Path.Combine(_model, "generation_config.json"), "{\"eos_token_id\":9}", TestContext.Current.CancellationToken);
        EngineDirectory second = await cache.GetOrBuildAsync(_model, InPlace, cancellationToken: TestContext.Current.CancellationToken);
        SyntheticCheckpoint.Write(_model, seed: 2);
        EngineDirectory third = await cache.GetOrBuildAsync(_model, InPlace, cancellationToken: TestContext.Current.CancellationToken);

        Assert.Equal(3, new[] { first, second, third }.Select(engine => engine.Path).Distinct().Count());
        Assert.Equal([9], second.Config.StopTokenIds);
    }

    [Fact]
    public async Task A_damaged_engine_and_what_a_killed_build_left_are_replaced()
    {
        var cache = Cache();
        EngineDirectory engine = await cache.GetOrBuildAsync(_model, Quantised, cancellationToken: TestContext.Current.CancellationToken);
        File.Delete(engine.DecoderModelPath);
        Directory.CreateDirectory(engine.Path + ".0123.partial");

        EngineDirectory anew = await cache.GetOrBuildAsync(_model, Quantised, cancellationToken: TestContext.Current.CancellationToken);

        Assert.True(File.Exists(anew.DecoderModelPath));
        Assert.Equal([anew.Path], Directory.GetDirectories(_root));
    }

    [Fact]
    public async Task A_cancelled_build_leaves_nothing()
    {
        using var cancelled = new CancellationTokenSource();
        var progress = new Collected(at =>
        {
            if (at is { Stage: "decoder", Fraction: > 0.3 }) cancelled.Cancel();
        });

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => Cache().GetOrBuildAsync(_model, Quantised, progress, cancelled.Token));

        Assert.Empty(Directory.GetDirectories(_root));
    }

    [Fact]
    public async Task A_failed_build_leaves_nothing()
    {
        var progress = new Collected(at =>
        {
            if (at is { Stage: "decoder", Fraction: > 0.3 }) throw new InvalidOperationException("disk");
        });

        await Assert.ThrowsAsync<InvalidOperationException>(() => Cache().GetOrBuildAsync(_model, Quantised, progress, TestContext.Current.CancellationToken));

        Assert.Empty(Directory.GetDirectories(_root));
    }

    [Fact]
    public async Task A_format_that_the_dialect_has_not_is_refused_at_once()
    {
        var cache = Cache();
        foreach (EngineBuildOptions options in Impossible())
            await Assert.ThrowsAsync<ArgumentException>(() => cache.GetOrBuildAsync(_model, options, cancellationToken: TestContext.Current.CancellationToken));
        Assert.False(Directory.Exists(_root));
    }

    [Fact]
    public async Task Other_ranked_tokens_or_another_capacity_are_another_engine()
    {
        var cache = Cache();
        EngineBuildOptions options = InPlace with { Dialect = EngineDialect.TensorRt11 };
        EngineDirectory[] engines = [.. await Task.WhenAll(new[] { options, options with { TopTokens = 8 }, options with { CacheCapacity = 128 }, options }
            .Select(each => cache.GetOrBuildAsync(_model, each, cancellationToken: TestContext.Current.CancellationToken)))];

        Assert.Equal(3, engines.Select(engine => engine.Path).Distinct().Count());
    }

    public void Dispose() => _folder.Dispose();

    private static IEnumerable<EngineBuildOptions> Impossible() =>
    [
        Quantised with { Dialect = EngineDialect.TensorRt10 },
        Quantised with { Dialect = EngineDialect.TensorRt11 },
        InPlace with { VisionWeights = WeightFormat.BFloat16 },
        InPlace with { TopTokens = 0 },
        InPlace with { TopTokens = 3841 },
        InPlace with { CacheCapacity = 100 },
    ];

    private EngineCache Cache() => new(_root, new QwenVl.Model.Checkpoints.FingerprintCache(_folder.File("fingerprints")));

    private sealed class Collected(Action<EngineBuildProgress>? then = null) : IProgress<EngineBuildProgress>
    {
        public ConcurrentQueue<EngineBuildProgress> All { get; } = [];

        public void Report(EngineBuildProgress value)
        {
            All.Enqueue(value);
            then?.Invoke(value);
        }
    }
}
