using QwenVl.Benchmarks.Load.Pictures;
using QwenVl.Benchmarks.Load.Scenarios;
using QwenVl.Benchmarks.Load.Workloads;

namespace QwenVl.Tests.Load.Workloads;

public sealed class WorkloadPlanTests
{
    private const string Text = """
        { "duration_s": 400, "warm_up_s": 100, "arrivals": { "rate": 10 }, "pictures": { "motifs": 4, "repeat_ratio": 0.5, "repeat_window": 8 },
          "shares": { "crash": 0.1, "cancel": 0.2 }, "networks": [{ "weight": 3 }, { "weight": 1, "round_trip_ms": 5 }] }
        """;

    private static readonly PlannedRequest[] Plan = [.. WorkloadPlan.Draw(ScenarioFile.Parse(Text, "x.json"))];

    [Fact]
    public void The_same_scenario_draws_the_same_requests()
    {
        Assert.Equal(Plan, WorkloadPlan.Draw(ScenarioFile.Parse(Text, "x.json")));
        Assert.NotEqual(Plan, WorkloadPlan.Draw(ScenarioFile.Parse(Text, "x.json") with { Seed = 2 }));
    }

    [Fact]
    public void Shares_are_what_the_scenario_states()
    {
        Assert.InRange(Share(request => request.Behaviour == Behaviour.Crash), 0.08, 0.12);
        Assert.InRange(Share(request => request.Behaviour == Behaviour.Cancel), 0.17, 0.23);
        Assert.InRange(Share(request => request.Network == 1), 0.22, 0.28);
        Assert.InRange(Share(request => request.Picture!.Value.IsRepeat), 0.46, 0.54);
        Assert.InRange(Share(request => request.IsMeasured), 0.77, 0.83);
    }

    [Fact]
    public void A_repeat_is_one_of_the_last_new_files_and_a_new_file_is_nobody_elses()
    {
        var fresh = new List<PictureChoice>();
        foreach (PictureChoice picture in Plan.Select(request => request.Picture!.Value))
        {
            if (picture.IsRepeat) Assert.Contains(picture with { IsRepeat = false }, fresh.TakeLast(8));
            else fresh.Add(picture);
        }

        Assert.Distinct(fresh.Select(picture => picture.Serial));
    }

    [Fact]
    public void A_change_of_one_share_moves_no_other_choice()
    {
        PlannedRequest[] other = [.. WorkloadPlan.Draw(ScenarioFile.Parse(Text.Replace("\"crash\": 0.1", "\"crash\": 0.3", StringComparison.Ordinal), "x.json"))];

        Assert.Equal(Plan.Select(request => (request.Start, request.Picture, request.Prompt, request.Network)), other.Select(request => (request.Start, request.Picture, request.Prompt, request.Network)));
    }

    private static double Share(Func<PlannedRequest, bool> has) => (double)Plan.Count(has) / Plan.Length;
}
