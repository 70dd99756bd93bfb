using System.Text;
using Microsoft.Extensions.Logging.Abstractions;
using QwenVl.Client;
using QwenVl.Client.Routing;
using QwenVl.Tests.Client.Fakes;
using QwenVl.Tests.Infrastructure;

namespace QwenVl.Tests.Client.Routing;

public sealed class CalibrationTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    private string Path => _folder.File("kept", "calibration.json");

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Warm_up_measures_once_and_the_next_start_knows()
    {
        (int runs, DeviceFacts first) = await WarmUpAsync();
        (int runsAgain, DeviceFacts second) = await WarmUpAsync();

        Assert.True(first is { Vision.Count: 1, PrefillTokensPerSecond: > 0, DecodeTokensPerSecond: > 0 });
        Assert.Equal((first.Vision[0], first.PrefillTokensPerSecond, first.DecodeTokensPerSecond), (second.Vision[0], second.PrefillTokensPerSecond, second.DecodeTokensPerSecond));
        Assert.True(runsAgain < runs, $"{runs} runs at first, {runsAgain} then");
        Assert.Single(Directory.GetFileSystemEntries(System.IO.Path.GetDirectoryName(Path)!));
    }

    [Theory]
    [InlineData("")]
    [InlineData("{")]
    [InlineData("null")]
    [InlineData("[1, 2]")]
    [InlineData("{\"version\": 2}")]
    [InlineData("{\"version\": 1, \"engine\": \"another\", \"vision\": [], \"decodeTokensPerSecond\": 3}")]
    [InlineData("{\"version\": 1, \"engine\": \"this\", \"vision\": [], \"decodeTokensPerSecond\": -3}")]
    [InlineData("{\"version\": 1, \"engine\": \"this\", \"vision\": [{\"tokens\": 0, \"seconds\": 1}]}")]
    public void A_file_that_is_damaged_or_of_other_engines_counts_as_none_and_is_written_over(string text)
    {
        string path = _folder.File("calibration.json");
        File.WriteAllText(path, text, Encoding.UTF8);
        var store = new CalibrationStore(path, "this", NullLogger.Instance);

        Assert.Null(store.Load());
        store.Save(new DeviceFacts { DecodeTokensPerSecond = 7 });
        Assert.Equal(7, store.Load()!.DecodeTokensPerSecond);
        Assert.Null(new CalibrationStore(path, "that", NullLogger.Instance).Load());
    }

    [Fact]
    public async Task Where_nothing_can_be_written_everything_works_as_without_a_file()
    {
        await File.WriteAllTextAsync(_folder.File("kept"), "a file where a folder should be", TestContext.Current.CancellationToken);

        (_, DeviceFacts facts) = await WarmUpAsync();

        Assert.True(facts.DecodeTokensPerSecond > 0);
    }

    [Fact]
    public void Answers_correct_what_was_measured_and_a_large_change_is_kept()
    {
        var store = new CalibrationStore(Path, "this", NullLogger.Instance);
        var monitor = new DeviceMonitor(TinyModel.Device(), store);
        monitor.WarmedUp(new CalibrationMeasurement(new VisionTime(256, 1), 100, 10));
        for (int i = 0; i < 20; i++)
            monitor.Answered(new DeviceWork { Encode = TimeSpan.FromSeconds(2), VisualTokens = 256, PromptTokens = 300, Prefill = TimeSpan.FromSeconds(1), PerToken = TimeSpan.FromSeconds(0.2) });

        Assert.Equal(2, monitor.Facts.VisionSeconds(256)!.Value, 0.05);
        Assert.InRange(monitor.Facts.PrefillTokensPerSecond!.Value, 295, 300);
        Assert.InRange(store.Load()!.DecodeTokensPerSecond!.Value, 4, 10 / 1.25);
    }

    [Fact]
    public void One_run_that_took_forever_does_not_make_a_device_slow()
    {
        var monitor = new DeviceMonitor(TinyModel.Device(), null);
        monitor.WarmedUp(new CalibrationMeasurement(new VisionTime(256, 1), 100, 10));
        monitor.Answered(new DeviceWork { PerToken = TimeSpan.FromMinutes(5) });

        Assert.InRange(monitor.Facts.DecodeTokensPerSecond!.Value, 7, 10);
    }

    [Fact]
    public void The_towers_first_run_which_loads_it_is_not_counted()
    {
        var monitor = new DeviceMonitor(TinyModel.Device(), null);
        var work = new DeviceWork { Encode = TimeSpan.FromSeconds(9), VisualTokens = 256 };
        monitor.Answered(work);
        Assert.Empty(monitor.Facts.Vision);

        monitor.Answered(work with { Encode = TimeSpan.FromSeconds(1) });
        Assert.Equal(4, monitor.Facts.VisionSeconds(1024));
    }

    private async Task<(int DecoderRuns, DeviceFacts Facts)> WarmUpAsync()
    {
        int runs = 0;
        QwenVlClientOptions options = Conversation.Options with { CalibrationPath = Path };
        await using var client = new QwenVlClient(options, TinyModel.Device(() => new HashDecoder { BeforeRun = _ => runs++ }), null);
        await client.WarmUp(300, 200, TestContext.Current.CancellationToken);
        return (runs, client.DeviceSpeed!);
    }
}
