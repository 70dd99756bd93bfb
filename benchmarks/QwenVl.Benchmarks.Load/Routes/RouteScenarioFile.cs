using System.Text.Json;
using QwenVl.Benchmarks.Load.Scenarios;
using QwenVl.Client.Answers;

namespace QwenVl.Benchmarks.Load.Routes;

/// <summary>Reads scenarios of routes. README.md beside the program lists every name with its range.</summary>
internal static class RouteScenarioFile
{
    private const double MaxSeconds = 3600;
    private const double MaxRate = 1e6;

    /// <summary>Reads a file's text.</summary>
    /// <exception cref="ScenarioException">It has mistakes; all of them are named.</exception>
    public static RouteScenario Parse(string text, string path) => ScenarioFile.Parse(text, path, Read);

    private static RouteScenario Read(JsonSection root, string fileName)
    {
        var scenario = new RouteScenario
        {
            Name = root.Text("name", fileName),
            Description = root.Text("description", ""),
            Seed = root.Whole("seed", 1, 0, int.MaxValue),
            ServerArguments = root.Text("server_args", ""),
            Questions = root.Whole("questions", 20, 1, 100_000),
            Resolution = root.Choice("resolution", PictureResolution.Pixels512),
            Timeout = TimeSpan.FromSeconds(root.Number("timeout_s", 120, 0.1, MaxSeconds)),
            TransferRepeats = root.Whole("transfer_repeats", 3, 0, 1000),
            Routes = [.. root.Sections("routes").Select(RouteOf)],
            Networks = ScenarioFile.Networks(root.Sections("networks")),
            Loads = [.. root.Sections("loads").Select(LoadOf)],
            RealSizes = [.. root.Sections("real_sizes").Select(SizeOf)],
        };
        root.End();
        if (scenario.Routes.Count == 0) root.Mistake("routes has none: name at least one");
        if (scenario.Loads.Count == 0) root.Mistake("loads has none: name at least one");
        return scenario;
    }

    private static RouteChoice RouteOf(JsonSection section)
    {
        Route route = section.Choice("route", Route.Hybrid);
        var choice = new RouteChoice(section.Text("name", JsonNamingPolicy.SnakeCaseLower.ConvertName(route.ToString())), route, section.Choice("features", GenerateOptions.Default.FeatureEncoding));
        section.End();
        return choice;
    }

    private static LoadChoice LoadOf(JsonSection section)
    {
        var load = new LoadChoice(section.Text("name", "idle"), section.Whole("clients", 0, 0, 1000));
        section.End();
        return load;
    }

    private static RealSize SizeOf(JsonSection section)
    {
        var size = new RealSize(
            section.Text("name", "real size"),
            section.Text("source", "not said"),
            section.Whole("width", 2048, 1, 1 << 20),
            section.Whole("taps", 3, 0, 100),
            section.Whole("visual_tokens", 256, 1, 1 << 20),
            section.Whole("prompt_tokens", 24, 0, 1 << 20),
            section.Whole("answer_tokens", 64, 1, 1 << 20),
            section.Number("jpeg_bytes", 100_000, 1, 1e9),
            section.Number("device_tower_s", 1, 0, MaxSeconds),
            section.Number("device_prefill_rate", 100, 0.001, MaxRate),
            section.Number("device_decode_rate", 30, 0.001, MaxRate),
            section.Number("server_encode_s", 0.05, 0, MaxSeconds),
            section.Number("server_prefill_s", 0.05, 0, MaxSeconds),
            section.Number("server_token_s", 0.01, 0, MaxSeconds),
            section.Number("server_queue_s", 0, 0, MaxSeconds));
        section.End();
        return size;
    }
}
