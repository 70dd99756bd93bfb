using System.Text.Json;
using QwenVl.Protos.V1;

namespace QwenVl.Benchmarks.Load.Scenarios;

/// <summary>Reads scenario files. README.md beside the program lists every name with its range.</summary>
internal static class ScenarioFile
{
    /// <summary>HTTP/2 streams that a server lets a connection open, as Kestrel and most others set it.</summary>
    public const int StreamsPerConnection = 100;

    private const double MaxSeconds = 7 * 24 * 3600;
    private const double MaxRate = 100_000;
    private const double MaxMilliseconds = 3_600_000;

    private static readonly JsonDocumentOptions Lenient = new() { CommentHandling = JsonCommentHandling.Skip, AllowTrailingCommas = true };

    /// <summary>Reads a file.</summary>
    /// <exception cref="ScenarioException">It has mistakes; all of them are named.</exception>
    /// <exception cref="IOException">It cannot be read.</exception>
    public static Scenario Read(string path) => Parse(File.ReadAllText(path), path);

    /// <summary>Reads a file's text.</summary>
    /// <exception cref="ScenarioException">It has mistakes; all of them are named.</exception>
    public static Scenario Parse(string text, string path) => Parse(text, path, Read);

    /// <summary>Reads a text that holds one object.</summary>
    /// <param name="text">JSON; comments are allowed.</param>
    /// <param name="path">Where it is from.</param>
    /// <param name="read">Reads the object, given the file's name, and notes its mistakes.</param>
    /// <exception cref="ScenarioException">It has mistakes; all of them are named.</exception>
    public static T Parse<T>(string text, string path, Func<JsonSection, string, T> read)
    {
        try
        {
            using JsonDocument document = JsonDocument.Parse(text, Lenient);
            if (document.RootElement.ValueKind != JsonValueKind.Object) throw new ScenarioException(path, ["a scenario is one JSON object"]);
            var mistakes = new List<string>();
            T scenario = read(new JsonSection(document.RootElement, "", mistakes), Path.GetFileNameWithoutExtension(path));
            return mistakes.Count == 0 ? scenario : throw new ScenarioException(path, mistakes);
        }
        catch (JsonException error)
        {
            throw new ScenarioException(path, [$"is no JSON: {error.Message}"]);
        }
    }

    private static Scenario Read(JsonSection root, string fileName)
    {
        var scenario = new Scenario
        {
            Name = root.Text("name", fileName),
            Description = root.Text("description", ""),
            Seed = root.Whole("seed", 1, 0, int.MaxValue),
            Duration = TimeSpan.FromSeconds(root.Number("duration_s", 60, 0.1, MaxSeconds)),
            WarmUp = TimeSpan.FromSeconds(root.Number("warm_up_s", 10, 0, MaxSeconds)),
            Drain = TimeSpan.FromSeconds(root.Number("drain_s", 30, 0, MaxSeconds)),
            Timeout = TimeSpan.FromSeconds(root.Number("timeout_s", 60, 0.1, MaxSeconds)),
            ServerArguments = root.Text("server_args", ""),
            Arrivals = Arrivals(root.Section("arrivals")),
            Streams = root.Choice("streams", StreamUse.PerRequest),
            KeptStreams = root.Whole("kept_streams", 1, 1, 100_000),
            Connections = root.Whole("connections", 4, 1, 10_000),
            Pictures = Pictures(root.Section("pictures")),
            Question = Question(root.Section("question")),
            Shares = Shares(root.Section("shares")),
            Networks = Networks(root.Sections("networks")),
            Slo = Slo(root.Section("slo")),
        };
        root.End();
        foreach (string contradiction in ScenarioRules.Contradictions(scenario)) root.Mistake(contradiction);
        return scenario;
    }

    private static ArrivalOptions Arrivals(JsonSection section)
    {
        double rate = section.Number("rate", 1, 0.001, MaxRate);
        var steps = new List<RateStep>();
        foreach (JsonSection step in section.Sections("steps"))
        {
            steps.Add(new RateStep(step.Number("seconds", 1, 0.001, MaxSeconds), step.Number("rate", rate, 0, MaxRate)));
            step.End();
        }

        var arrivals = new ArrivalOptions(section.Choice("process", ArrivalProcess.Poisson), steps.Count > 0 ? steps : [new RateStep(1, rate)], section.Whole("max_in_flight", 256, 1, 1_000_000));
        section.End();
        if (arrivals.Steps[^1].Rate == 0) section.Mistake("the last step lasts, so its rate must be over 0");
        return arrivals;
    }

    private static PictureOptions? Pictures(JsonSection section)
    {
        var sizes = new List<PictureSize>();
        foreach (JsonSection size in section.Sections("sizes"))
        {
            sizes.Add(new PictureSize(size.Whole("width", 512, 1, 16_384), size.Whole("height", 512, 1, 16_384), size.Number("weight", 1, 0, 1e9)));
            size.End();
        }

        bool none = section.Flag("none", false);
        var pictures = new PictureOptions(
            sizes.Count > 0 ? sizes : [new PictureSize(512, 512, 1)],
            section.Whole("motifs", 16, 1, 10_000),
            section.Whole("quality", 85, 1, 100),
            section.Number("repeat_ratio", 0, 0, 1),
            section.Whole("repeat_window", 64, 1, 1_000_000));
        section.End();
        if (pictures.Sizes.Sum(size => size.Weight) <= 0) section.Mistake("the weights of all sizes are 0");
        return none ? null : pictures;
    }

    private static QuestionOptions Question(JsonSection section)
    {
        var question = new QuestionOptions
        {
            PromptWords = section.Range("prompt_words", new WholeRange(4, 12), 1, 10_000),
            Tokens = section.Flag("tokens", true),
            MaxNewTokens = section.Range("max_new_tokens", new WholeRange(64, 64), 1, 100_000),
            TakeOverAt = section.Whole("take_over_at", 0, 0, 100_000),
            Features = section.Choice("features", FeatureChoice.None) switch { FeatureChoice.Float16 => FeatureType.Float16, FeatureChoice.Int8Row => FeatureType.Int8Row, FeatureChoice.Int4Group => FeatureType.Int4Group, _ => FeatureType.Unspecified },
            Resolution = section.Text("resolution", "512") switch { "auto" => Resolution.Auto, "512" => Resolution._512, "1024" => Resolution._1024, _ => Resolution.Unspecified },
        };
        section.End();
        if (question.Resolution == Resolution.Unspecified) section.Mistake("resolution takes \"auto\", \"512\" or \"1024\"");
        return question;
    }

    private static ShareOptions Shares(JsonSection section)
    {
        var shares = new ShareOptions
        {
            Cancel = section.Number("cancel", 0, 0, 1),
            Leave = section.Number("leave", 0, 0, 1),
            Crash = section.Number("crash", 0, 0, 1),
            SlowReader = section.Number("slow_reader", 0, 0, 1),
            Local = section.Number("local", 0, 0, 1),
            AfterMs = section.Range("after_ms", new WholeRange(0, 200), 0, (int)MaxMilliseconds),
            SlowReaderMs = section.Whole("slow_reader_ms", 500, 1, (int)MaxMilliseconds),
            LocalDevices = section.Whole("local_devices", 1, 1, 1000),
        };
        section.End();
        return shares;
    }

    /// <summary>The networks of a list; the machine's own where it is empty.</summary>
    public static List<NetworkOptions> Networks(IReadOnlyList<JsonSection> sections)
    {
        var networks = new List<NetworkOptions>();
        foreach (JsonSection section in sections)
        {
            networks.Add(new NetworkOptions(
                section.Text("name", $"network {networks.Count + 1}"),
                section.Number("weight", 1, 0, 1e9),
                section.Number("up_kbps", 0, 0, 1e9),
                section.Number("down_kbps", 0, 0, 1e9),
                section.Number("round_trip_ms", 0, 0, 60_000),
                section.Number("stall_ratio", 0, 0, 1),
                section.Number("stall_ms", 200, 0, 60_000)));
            section.End();
        }

        if (networks.Count == 0) return [new NetworkOptions("direct", 1, 0, 0, 0, 0, 0)];
        if (networks.Sum(network => network.Weight) <= 0) sections[0].Mistake("the weights of all networks are 0");
        return networks;
    }

    private static SloOptions Slo(JsonSection section)
    {
        var slo = new SloOptions
        {
            FirstFeaturesMs = section.OptionalNumber("first_features_ms", 0, MaxMilliseconds),
            FeaturesMs = section.OptionalNumber("features_ms", 0, MaxMilliseconds),
            FirstTokenMs = section.OptionalNumber("first_token_ms", 0, MaxMilliseconds),
            AnswerMs = section.OptionalNumber("answer_ms", 0, MaxMilliseconds),
            Percent = section.Number("percent", 99, 0, 100),
        };
        section.End();
        return slo;
    }

    private enum FeatureChoice
    {
        None,
        Float16,
        Int8Row,
        Int4Group,
    }
}
