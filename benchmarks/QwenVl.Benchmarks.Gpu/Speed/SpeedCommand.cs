using System.CommandLine;
using System.Diagnostics;
using System.Globalization;
using QwenVl.Benchmarks.Gpu.Reports;
using QwenVl.Model.Configuration;
using QwenVl.Model.Execution;
using QwenVl.Model.Manifest;
using QwenVl.Model.Vision;
using QwenVl.TensorRt.Inference;
using QwenVl.TensorRt.Inference.Decoding;
using QwenVl.TensorRt.Inference.Vision;

namespace QwenVl.Benchmarks.Gpu.Speed;

/// <summary><c>speed ENGINE</c>: pictures and tokens a second, and how much of what the hardware allows that is.</summary>
internal static class SpeedCommand
{
    private static readonly Argument<string> Engine = new("ENGINE") { Description = "An engine with plans, from qwenvl-engines build DIR --trt --out ENGINE." };
    private static readonly Option<double> Bandwidth = new("--bandwidth") { Description = "Bytes that the GPU's memory moves a second, in TB/s. Default 3.0, measured on an H100.", DefaultValueFactory = _ => 3.0 };
    private static readonly Option<double> Compute = new("--compute") { Description = "Dense bf16 operations a second that matrix products reach, in TFLOP/s. Default 600, measured on an H100.", DefaultValueFactory = _ => 600 };
    private static readonly Option<int> Repeats = new("--repeats") { Description = "Runs whose median is reported. Default 30.", DefaultValueFactory = _ => 30 };
    private static readonly DeviceOptions Device = new();

    public static Command Create()
    {
        var command = new Command("speed", "Times the tower at both resolutions and the decoder's prefill and steps, batch by batch.") { Engine, Bandwidth, Compute, Repeats };
        Device.AddTo(command);
        command.SetAction(Run);
        return command;
    }

    private static int Run(ParseResult arguments)
    {
        EngineDirectory engine = EngineDirectory.Open(arguments.GetRequiredValue(Engine));
        if (engine is not { VisionPlanPath: { } vision, DecoderPlanPath: { } text })
        {
            Console.Error.WriteLine($"{engine.Path}: has no plans; build it with qwenvl-engines build DIR --trt --out ENGINE.");
            return 1;
        }

        using TensorRtDevice device = Device.Open(arguments);
        GpuReport report = GpuReport.On(device);
        var floor = new HardwareFloor(engine.Config, arguments.GetValue(Bandwidth) * 1e12, arguments.GetValue(Compute) * 1e12);
        int repeats = arguments.GetValue(Repeats);
        using (TensorRtVisionEncoder tower = device.LoadEncoder(vision, engine.Config.Vision, CancellationToken.None)) MeasureVision(report, tower, floor, repeats);
        using (TensorRtTextDecoder decoder = device.LoadDecoder(text, engine.Config, CancellationToken.None)) MeasureDecoder(report, decoder, engine.Config, floor, repeats);
        return report.Finish(Device.Json(arguments));
    }

    private static void MeasureVision(GpuReport report, TensorRtVisionEncoder tower, HardwareFloor floor, int repeats)
    {
        foreach (int side in (int[])[32, 64])
        {
            var grid = new ImageGrid(side, side);
            if (grid.Patches > tower.MaxPatches) continue;
            var pixels = new byte[grid.Patches * ImageGrid.PatchLength];
            new Random(side).NextBytes(pixels);
            for (int batch = 1; batch <= tower.MaxBatchSize; batch *= 2)
            {
                ImagePatches[] pictures = [.. Enumerable.Repeat(new ImagePatches(grid, pixels), batch)];
                double alone = Median(repeats, () => tower.Encode(pictures));
                double overlapped = Overlapped(repeats, tower, pictures);
                double least = floor.VisionSeconds(batch, grid.Patches);
                report.Measured(
                    string.Create(CultureInfo.InvariantCulture, $"vision {grid.PixelHeight}x{grid.PixelWidth}, batch {batch}"),
                    string.Create(CultureInfo.InvariantCulture, $"{1000 * alone:0.00} ms from pixels to features on the host; {batch / overlapped:0.0} images/s with the next batch brought meanwhile; {100 * least / overlapped:0} % of the floor of {1000 * least:0.00} ms"));
            }
        }
    }

    private static void MeasureDecoder(GpuReport report, TensorRtTextDecoder decoder, ModelConfig config, HardwareFloor floor, int repeats)
    {
        foreach (int past in (int[])[512, 2048])
        {
            if (past + repeats + 2 > decoder.MaxSequenceLength) continue;
            foreach (int batch in (int[])[1, 4, 8])
            {
                if (batch > decoder.MaxBatchSize) continue;
                IDecoderSequence[] sequences = [.. Enumerable.Range(0, batch).Select(_ => decoder.CreateSequence(past + repeats + 2))];
                // Once for what the first time of a shape costs, and once for the clock.
                decoder.Run([Step(sequences[0], past)]);
                sequences[0].Truncate(0);
                double prefill = Once(() => decoder.Run([Step(sequences[0], past)]));
                foreach (IDecoderSequence sequence in sequences[1..]) decoder.Run([Step(sequence, past)]);
                double step = Median(repeats, () => decoder.Run([.. sequences.Select(sequence => Step(sequence, 1))]));
                double least = floor.StepSeconds(config, batch, past);
                report.Measured(
                    string.Create(CultureInfo.InvariantCulture, $"decode, {past} in the cache, batch {batch}"),
                    string.Create(CultureInfo.InvariantCulture, $"{1000 * step:0.00} ms a step, {batch / step:0} tok/s; {100 * least / step:0} % of the floor of {1000 * least:0.00} ms; prefill of {past}: {1000 * prefill:0.0} ms"));
                foreach (IDecoderSequence sequence in sequences) sequence.Dispose();
            }
        }
    }

    private static DecodeStep Step(IDecoderSequence sequence, int tokens) => new()
    {
        Sequence = sequence,
        Tokens = Enumerable.Range(0, tokens).Select(i => (sequence.Length + i) % 1000).ToArray(),
        Positions = Enumerable.Range(0, 3 * tokens).Select(i => sequence.Length + i % tokens).ToArray(),
    };

    private static double Overlapped(int repeats, TensorRtVisionEncoder tower, ImagePatches[] pictures)
    {
        long start = Stopwatch.GetTimestamp();
        IPendingEncode pending = tower.Start(pictures);
        for (int i = 0; i < repeats; i++)
        {
            IPendingEncode next = tower.Start(pictures);
            pending.Finish();
            pending = next;
        }

        pending.Finish();
        return Stopwatch.GetElapsedTime(start).TotalSeconds / (repeats + 1);
    }

    private static double Median(int repeats, Action run)
    {
        run();
        double[] seconds = [.. Enumerable.Range(0, repeats).Select(_ => Once(run)).Order()];
        return seconds[repeats / 2];
    }

    private static double Once(Action run)
    {
        long start = Stopwatch.GetTimestamp();
        run();
        return Stopwatch.GetElapsedTime(start).TotalSeconds;
    }
}
