using System.Collections.Concurrent;
using QwenVl.TensorRt;
using QwenVl.TensorRt.Building;
using QwenVl.TensorRt.Execution;
using QwenVl.TensorRt.Onnx;

namespace QwenVl.Tests.TensorRt.Building;

[Collection(NativeLibraryTests.Name)]
public sealed class PlanBuildTests
{
    [Fact]
    public void The_library_reports_its_version_and_files()
    {
        TensorRtLibrary library = NvidiaLibraries.Rtx;

        Assert.Equal("TensorRT-RTX 1.7.1", library.Version.ToString());
        Assert.True(library.HasOnnxParser);
        Assert.Equal(NvidiaLibraries.RtxPath, Path.GetDirectoryName(library.Location.Library));
        Assert.Equal(NvidiaLibraries.RtxPath, Path.GetDirectoryName(library.Location.Parser));
    }

    [Fact]
    public void A_parsed_network_tells_its_inputs_outputs_and_layers()
    {
        using TensorRtBuilder builder = NvidiaLibraries.Rtx.CreateBuilder();
        (NetworkDefinition network, BuilderConfig config) = SmallModels.Prepare(builder);
        using (network)
        using (config)
        {
            NetworkTensor x = Assert.Single(network.Inputs);
            Assert.Equal(new NetworkTensor("x", TensorDataType.Float32, [-1, SmallModels.Width], false), x);
            Assert.True(x.IsDynamic);
            Assert.Equal(new NetworkTensor("y", TensorDataType.Float32, [-1, SmallModels.Hidden], false), Assert.Single(network.Outputs));
            Assert.Equal(network.LayerCount, network.LayerNames.Count);
            Assert.Contains(network.LayerNames, name => name.Contains("MatMul", StringComparison.Ordinal));
            network.Name = "renamed";
            Assert.Equal("renamed", network.Name);
        }
    }

    [Fact]
    public void A_plan_in_memory_and_one_in_a_stream_are_of_one_length_and_version()
    {
        using TensorRtBuilder builder = NvidiaLibraries.Rtx.CreateBuilder();
        (NetworkDefinition network, BuilderConfig config) = SmallModels.Prepare(builder);
        using (network)
        using (config)
        using (var stream = new MemoryStream())
        {
            using HostMemory plan = builder.BuildPlan(network, config);
            long written = builder.BuildPlanTo(stream, network, config);

            Assert.Equal(stream.Length, written);
            Assert.InRange(plan.Length, written / 2, written * 2);
            PlanHeader header = Assert.NotNull(PlanHeader.Read(plan.ToArray()));
            Assert.Equal(NvidiaLibraries.Rtx.Version, header.Version);
            Assert.Equal(plan.Length, header.Length);
            Assert.Equal(new PlanHeader(header.Version, written), PlanHeader.Read(stream.ToArray()));
        }
    }

    [Fact]
    public void A_build_reports_phases_within_phases_and_ends_them_all()
    {
        var reports = new ConcurrentQueue<TensorRtBuildProgress>();
        using TensorRtBuilder builder = NvidiaLibraries.Rtx.CreateBuilder();
        (NetworkDefinition network, BuilderConfig config) = SmallModels.Prepare(builder);
        using (network)
        using (config)
        {
            builder.BuildPlan(network, config, new Reporter(reports.Enqueue)).Dispose();
        }

        Assert.NotEmpty(reports);
        Assert.Contains(reports, report => report.Parent is not null);
        Assert.Equal(
            reports.Where(report => report.State is BuildPhaseState.Started).Select(report => report.Phase).Order(),
            reports.Where(report => report.State is BuildPhaseState.Finished).Select(report => report.Phase).Order());
        Assert.All(reports.Where(report => report.State is BuildPhaseState.Advanced), report => Assert.InRange(report.Step, 1, report.Steps));
    }

    [Fact]
    public void A_build_that_is_cancelled_on_its_way_ends_with_that_and_the_builder_builds_again()
    {
        using var cancellation = new CancellationTokenSource();
        using TensorRtBuilder builder = NvidiaLibraries.Rtx.CreateBuilder();
        (NetworkDefinition network, BuilderConfig config) = SmallModels.Prepare(builder);
        using (network)
        using (config)
        {
            var reporter = new Reporter(_ => cancellation.Cancel());
            OperationCanceledException error = Assert.Throws<OperationCanceledException>(() => builder.BuildPlan(network, config, reporter, cancellation.Token));
            Assert.Equal(cancellation.Token, error.CancellationToken);

            using HostMemory plan = builder.BuildPlan(network, config);
            Assert.True(plan.Length > 0);
        }
    }

    [Fact]
    public void An_exception_of_the_progress_ends_the_build_and_is_thrown()
    {
        using TensorRtBuilder builder = NvidiaLibraries.Rtx.CreateBuilder();
        (NetworkDefinition network, BuilderConfig config) = SmallModels.Prepare(builder);
        using (network)
        using (config)
        {
            var reporter = new Reporter(_ => throw new InvalidOperationException("no more paper"));
            Assert.Equal("no more paper", Assert.Throws<InvalidOperationException>(() => builder.BuildPlan(network, config, reporter)).Message);
        }
    }

    [Fact]
    public void An_exception_of_the_stream_ends_the_build_and_is_thrown()
    {
        using TensorRtBuilder builder = NvidiaLibraries.Rtx.CreateBuilder();
        (NetworkDefinition network, BuilderConfig config) = SmallModels.Prepare(builder);
        using (network)
        using (config)
        using (var full = new FullStream())
        {
            Assert.Equal("the disk is full", Assert.Throws<IOException>(() => builder.BuildPlanTo(full, network, config)).Message);
        }
    }

    [Fact]
    public void A_network_that_needs_a_profile_and_has_none_fails_with_what_TensorRT_says()
    {
        using TensorRtBuilder builder = NvidiaLibraries.Rtx.CreateBuilder();
        using NetworkDefinition network = builder.CreateNetwork();
        using OnnxParser parser = network.CreateOnnxParser();
        parser.Parse(SmallModels.Linear());
        using BuilderConfig config = builder.CreateConfig();

        TensorRtException error = Assert.Throws<TensorRtException>(() => builder.BuildPlan(network, config));

        Assert.Contains("profile", error.Message, StringComparison.OrdinalIgnoreCase);
        Assert.NotEmpty(error.NativeMessages);
    }

    [Fact]
    public void An_empty_network_fails_with_what_TensorRT_says()
    {
        using TensorRtBuilder builder = NvidiaLibraries.Rtx.CreateBuilder();
        using NetworkDefinition network = builder.CreateNetwork();
        using BuilderConfig config = builder.CreateConfig();

        Assert.NotEmpty(Assert.Throws<TensorRtException>(() => builder.BuildPlan(network, config)).NativeMessages);
    }

    [Fact]
    public void Two_builders_build_at_once_on_two_threads_and_hear_their_own_errors()
    {
        // Taken here, for a test is skipped on its own thread.
        TensorRtLibrary library = NvidiaLibraries.Rtx;
        string[] errors = new string[2];
        Thread[] threads = [.. Enumerable.Range(0, 2).Select(index => new Thread(() => errors[index] = BuildAndFail(library, index)))];
        foreach (Thread thread in threads) thread.Start();
        foreach (Thread thread in threads) thread.Join();

        Assert.Equal(["", "profile"], errors);

        static string BuildAndFail(TensorRtLibrary library, int index)
        {
            using TensorRtBuilder builder = library.CreateBuilder();
            (NetworkDefinition network, BuilderConfig config) = SmallModels.Prepare(builder);
            using (network)
            using (config)
            using (BuilderConfig withoutProfile = builder.CreateConfig())
            {
                try
                {
                    for (int build = 0; build < 3; build++) builder.BuildPlan(network, index == 0 ? config : withoutProfile).Dispose();
                    return "";
                }
                catch (TensorRtException error)
                {
                    return error.Message.Contains("profile", StringComparison.OrdinalIgnoreCase) ? "profile" : error.Message;
                }
            }
        }
    }

    [Fact]
    public void What_another_builder_made_is_refused()
    {
        using TensorRtBuilder one = NvidiaLibraries.Rtx.CreateBuilder();
        using TensorRtBuilder other = NvidiaLibraries.Rtx.CreateBuilder();
        using NetworkDefinition network = one.CreateNetwork();
        using BuilderConfig config = one.CreateConfig();
        using NetworkDefinition foreignNetwork = other.CreateNetwork();
        using BuilderConfig foreignConfig = other.CreateConfig();
        using OptimizationProfile foreignProfile = other.CreateOptimizationProfile();

        Assert.Throws<ArgumentException>("network", () => one.BuildPlan(foreignNetwork, config));
        Assert.Throws<ArgumentException>("config", () => one.BuildPlan(network, foreignConfig));
        Assert.Throws<ArgumentException>("profile", () => config.AddProfile(foreignProfile));
    }

    private sealed class Reporter(Action<TensorRtBuildProgress> report) : IProgress<TensorRtBuildProgress>
    {
        public void Report(TensorRtBuildProgress value) => report(value);
    }

    private sealed class FullStream : MemoryStream
    {
        public override void Write(ReadOnlySpan<byte> buffer) => throw new IOException("the disk is full");
    }
}
