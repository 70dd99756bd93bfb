using QwenVl.TensorRt;
using QwenVl.TensorRt.Building;

namespace QwenVl.Tests.TensorRt.Building;

[Collection(NativeLibraryTests.Name)]
public sealed class BuilderConfigTests : IDisposable
{
    private readonly TensorRtBuilder _builder = NvidiaLibraries.Rtx.CreateBuilder();
    private readonly BuilderConfig _config;

    public BuilderConfigTests() => _config = _builder.CreateConfig();

    public void Dispose()
    {
        _config.Dispose();
        _builder.Dispose();
    }

    [Fact]
    public void Numbers_are_read_back_as_they_were_set()
    {
        _config.OptimizationLevel = 1;
        _config.WorkspaceLimit = 5L << 30;
        _config.ProfilingVerbosity = ProfilingVerbosity.Detailed;
        _config.MaxAuxStreams = 2;
        _config.AverageTimingIterations = 3;
        _builder.MaxThreads = 2;

        Assert.Equal(1, _config.OptimizationLevel);
        Assert.Equal(5L << 30, _config.WorkspaceLimit);
        Assert.Equal(ProfilingVerbosity.Detailed, _config.ProfilingVerbosity);
        Assert.Equal(2, _config.MaxAuxStreams);
        Assert.Equal(3, _config.AverageTimingIterations);
        Assert.Equal(2, _builder.MaxThreads);
    }

    [Theory]
    [InlineData(-1)]
    [InlineData(6)]
    public void An_optimization_level_beside_0_to_5_is_refused(int level) =>
        Assert.Throws<ArgumentOutOfRangeException>(() => _config.OptimizationLevel = level);

    [Fact]
    public void Flags_are_switched_one_by_one()
    {
        BuilderFlag[] flags = [.. Enum.GetValues<BuilderFlag>().Where(flag => flag is not BuilderFlag.VersionCompatible and not BuilderFlag.ExcludeLeanRuntime)];
        foreach (BuilderFlag flag in flags) _config.ClearFlag(flag);

        foreach (BuilderFlag flag in flags)
        {
            _config.SetFlag(flag);
            Assert.Equal([flag], flags.Where(_config.HasFlag));
            _config.ClearFlag(flag);
        }
    }

    [Fact]
    public void Compute_capabilities_are_read_back_and_Hopper_is_refused()
    {
        _config.SetComputeCapabilities(ComputeCapability.Sm89, ComputeCapability.Sm120);

        Assert.Equal([ComputeCapability.Sm89, ComputeCapability.Sm120], _config.ComputeCapabilities);
        TensorRtException error = Assert.Throws<TensorRtException>(() => _config.SetComputeCapabilities((ComputeCapability)90));
        Assert.NotEmpty(error.NativeMessages);
    }

    [Fact]
    public void A_timing_cache_is_refused_where_it_would_look_for_a_gpu() =>
        Assert.Contains("TensorRT-RTX", Assert.Throws<NotSupportedException>(() => _config.CreateTimingCache()).Message, StringComparison.Ordinal);

    [Fact]
    public void A_profile_is_read_back_and_gets_the_next_index()
    {
        for (int index = 0; index < 3; index++)
        {
            using OptimizationProfile profile = _builder.CreateOptimizationProfile();
            profile.SetShapes("x", [1, 4], [index + 1, 4], [16, 4]);

            Assert.Equal(new ShapeRange([1, 4], [index + 1, 4], [16, 4]), profile.GetShapes("x"));
            Assert.Equal(-1, profile.GetShapes("other").Min.Rank);
            Assert.Equal(index, _config.AddProfile(profile));
        }

        Assert.Equal(3, _config.ProfileCount);
    }

    [Fact]
    public void A_profile_that_does_not_rise_is_refused_by_name()
    {
        using OptimizationProfile profile = _builder.CreateOptimizationProfile();

        Assert.Contains("pixels", Assert.Throws<ArgumentException>(() => profile.SetShapes("pixels", [4], [2], [8])).Message, StringComparison.Ordinal);
        Assert.Throws<ArgumentException>(() => profile.SetShapes("pixels", [1], [2, 2], [8]));
        Assert.Throws<ArgumentException>(() => profile.SetShapes("pixels", [-1], [2], [8]));
    }
}
