using QwenVl.Benchmarks.Load.Measuring;
using QwenVl.Benchmarks.Load.Scenarios;
using QwenVl.Benchmarks.Load.Server;
using QwenVl.Benchmarks.Load.Streaming;

namespace QwenVl.Benchmarks.Load.Driving;

/// <summary>What a run found.</summary>
/// <param name="Scenario">What was run.</param>
/// <param name="Identity">The server.</param>
/// <param name="Recorder">Outcomes.</param>
/// <param name="Facts">What the server's metrics say of the measured part; null: unknown.</param>
/// <param name="EncodedInAll">Pictures that the server's towers encoded in the whole run; null: unknown.</param>
/// <param name="Series">Second by second.</param>
/// <param name="Remains">What the server still held for clients when all had gone; null: unknown.</param>
/// <param name="FeaturesCompared">Answers whose features were compared with earlier ones.</param>
/// <param name="Strays">Messages about nothing that was asked.</param>
/// <param name="StreamsReopened">Kept streams that were replaced.</param>
/// <param name="GeneratorCores">Processor cores that this program took.</param>
internal sealed record RunResult(
    Scenario Scenario, ServerIdentity Identity, RunRecorder Recorder, ServerFacts? Facts, double? EncodedInAll, IReadOnlyList<SeriesPoint> Series, IReadOnlyDictionary<string, double>? Remains,
    long FeaturesCompared, int Strays, long StreamsReopened, double GeneratorCores);
