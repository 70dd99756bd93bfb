using QwenVl.Protos.V1;

namespace QwenVl.Benchmarks.Load.Scenarios;

/// <summary>What no single value of a scenario says.</summary>
internal static class ScenarioRules
{
    /// <summary>What contradicts itself, one line each.</summary>
    public static IEnumerable<string> Contradictions(Scenario scenario)
    {
        QuestionOptions question = scenario.Question;
        ShareOptions shares = scenario.Shares;
        bool features = question.Features != FeatureType.Unspecified;
        if (!question.Tokens && !features) yield return "question asks for neither tokens nor features";
        if (features && scenario.Pictures is null) yield return "question.features need pictures, but pictures.none is true";
        if (question.TakeOverAt > 0 && !question.Tokens) yield return "question.take_over_at needs question.tokens";
        double sum = shares.Cancel + shares.Leave + shares.Crash + shares.SlowReader + shares.Local;
        if (sum > 1) yield return FormattableString.Invariant($"shares add up to {sum:0.###}, which is over 1");
        if (shares.Local > 0 && scenario.Pictures is null) yield return "shares.local needs pictures: a device answers about one";
        if (shares.Local > 0 && scenario.Networks.Count > 1) yield return "shares.local takes one network";
        int streams = scenario.Streams == StreamUse.Kept ? scenario.KeptStreams : 0;
        int room = scenario.Connections * scenario.Networks.Count * ScenarioFile.StreamsPerConnection;
        if (streams > room) yield return $"{streams} kept_streams need {(streams + ScenarioFile.StreamsPerConnection - 1) / ScenarioFile.StreamsPerConnection} connections: each carries {ScenarioFile.StreamsPerConnection} streams";
        if (scenario.Streams == StreamUse.PerRequest && scenario.Arrivals.MaxInFlight > room)
            yield return $"arrivals.max_in_flight of {scenario.Arrivals.MaxInFlight} is over what {scenario.Connections} connections carry, {room} streams: more would wait in the client";
        if (scenario.Slo.FirstTokenMs is not null && !question.Tokens) yield return "slo.first_token_ms needs question.tokens";
        if ((scenario.Slo.FeaturesMs ?? scenario.Slo.FirstFeaturesMs) is not null && !features) yield return "slo.features_ms and slo.first_features_ms need question.features";
    }
}
