using FsCheck.Xunit;
using QwenVl.Runtime.Decoding.Planning;
using QwenVl.Tests.Runtime.Queueing;

namespace QwenVl.Tests.Runtime.Decoding.Planning;

public sealed class StepPlannerTests
{
    [Fact]
    public void Those_that_decode_come_first_and_prompts_get_the_rest()
    {
        var planner = new StepPlanner(new StepLimits(BatchSize: 4, Tokens: 100, PrefillChunk: 64));
        Candidate[] all = [new(500), new(0), new(500), new(0)];
        Assert.Equal([(all[1], 1), (all[3], 1), (all[0], 64), (all[2], 34)], planner.Plan(all).Select(step => (step.Sequence, step.Tokens)));
    }

    [Fact]
    public void Prompts_take_turns()
    {
        var planner = new StepPlanner(new StepLimits(BatchSize: 4, Tokens: 64, PrefillChunk: 64));
        Candidate[] all = [new(500), new(500), new(500)];
        Assert.Equal([all[0], all[1], all[2], all[0]], Enumerable.Range(0, 4).Select(_ => Assert.Single(planner.Plan(all)).Sequence));
    }

    [Fact]
    public void Sequences_beyond_a_steps_places_take_turns()
    {
        var planner = new StepPlanner(new StepLimits(BatchSize: 2, Tokens: 64, PrefillChunk: 64));
        Candidate[] all = [new(0), new(0), new(0)];
        Candidate[] ran = [.. Enumerable.Range(0, 3).SelectMany(_ => planner.Plan(all).Select(step => step.Sequence).ToArray())];
        Assert.Equal([all[0], all[1], all[2], all[0], all[1], all[2]], ran);
    }

    [Fact]
    public void A_single_place_is_shared_between_prompts_and_answers()
    {
        var planner = new StepPlanner(new StepLimits(BatchSize: 1, Tokens: 64, PrefillChunk: 64));
        Candidate[] all = [new(0), new(500)];
        Assert.Equal([all[1], all[0], all[1], all[0]], Enumerable.Range(0, 4).Select(_ => Assert.Single(planner.Plan(all)).Sequence));
    }

    [Fact]
    public void A_prompt_of_4000_tokens_delays_no_token_by_more_than_a_step()
    {
        var planner = new StepPlanner(new StepLimits(BatchSize: 8, Tokens: 512, PrefillChunk: 512));
        Candidate[] all = [.. Enumerable.Range(0, 7).Select(_ => new Candidate(0)), new(4000)];
        int steps = 0;
        while (all[7].PrefillTokens > 0)
        {
            List<PlannedStep<Candidate>> plan = planner.Plan(all);
            Assert.Equal(8, plan.Count);
            Assert.InRange(plan.Sum(step => step.Tokens), 1, 512);
            foreach (PlannedStep<Candidate> step in plan) step.Sequence.Feed(step.Tokens);
            steps++;
        }

        // 505 of each step's tokens are the prompt's.
        Assert.Equal(8, steps);
    }

    /// <summary>No step is over a limit or idle beside work, and nobody waits longer than the formula says.</summary>
    [Property(MaxTest = 300, EndSize = 400)]
    public void Steps_keep_their_promises_under_any_schedule(byte[] script, byte batchSize, byte stepTokens, byte chunk, byte sequences)
    {
        var limits = new StepLimits(1 + batchSize % 8, 9 + stepTokens, 1 + chunk);
        int most = 1 + sequences % 12;
        var planner = new StepPlanner(limits);
        var active = new List<Candidate>();
        var choices = new Script(script);
        while (!choices.IsOver || active.Count > 0)
        {
            // Once the script is over, what there is comes to its end.
            if (!choices.IsOver && active.Count < most && choices.Next(3) > 0) active.Add(new Candidate(1 + 20 * choices.Next(40), choices.Next(20)) { LastTurn = planner.Turn });
            List<PlannedStep<Candidate>> plan = planner.Plan(active);
            Check(plan, active, limits);
            foreach (PlannedStep<Candidate> step in plan) step.Sequence.Feed(step.Tokens);
            foreach (Candidate waiting in active.Except(plan.Select(step => step.Sequence))) waiting.Waited++;
            active.RemoveAll(candidate => candidate.IsDone);
            if (!choices.IsOver && active.Count > 0 && choices.Next(10) == 0) active.RemoveAt(choices.Next(active.Count));

            // ⌈D / (B − 1)⌉ steps for one that decodes and P for one that prefills are at most as many as there are sequences.
            int bound = limits.BatchSize > 1 ? most : 2 * most;
            Assert.All(active, candidate => Assert.True(candidate.Waited < bound, $"It waited {candidate.Waited} steps of {most} sequences."));
        }
    }

    private static void Check(List<PlannedStep<Candidate>> plan, List<Candidate> active, StepLimits limits)
    {
        Assert.InRange(plan.Count, 0, limits.BatchSize);
        Assert.InRange(plan.Sum(step => step.Tokens), 0, limits.Tokens);
        Assert.Equal(plan.Count, plan.Select(step => step.Sequence).Distinct().Count());
        Assert.All(plan, step => Assert.InRange(step.Tokens, 1, Math.Max(1, Math.Min(limits.PrefillChunk, step.Sequence.PrefillTokens))));
        if (plan.Count < limits.BatchSize && plan.Sum(step => step.Tokens) < limits.Tokens) Assert.Equal(active.Count, plan.Count);
    }

    private sealed class Candidate(int prompt, int answer = int.MaxValue) : IStepCandidate
    {
        private int _answered;

        public int PrefillTokens { get; private set; } = prompt;

        public long LastTurn { get; set; }

        public int Waited { get; set; }

        public bool IsDone => PrefillTokens == 0 && _answered >= answer;

        public void Feed(int tokens)
        {
            Waited = 0;
            if (PrefillTokens > 0) PrefillTokens -= tokens;
            else _answered++;
        }
    }
}
