using FsCheck.Xunit;
using Microsoft.Extensions.Time.Testing;
using QwenVl.Client.Answers;
using QwenVl.Client.Routing;

namespace QwenVl.Tests.Client.Routing;

public sealed class LearningTests
{
    private readonly FakeTimeProvider _time = new();

    [Property(MaxTest = 200)]
    public void A_correction_is_bounded_and_comes_to_what_really_happens(int seed)
    {
        var random = new Random(seed);
        double truth = Math.Pow(10, 4 * random.NextDouble() - 2), bound = RouteCorrections.Most;
        var corrections = new RouteCorrections(_time);
        for (int i = 0; i < 40; i++) corrections.Record(Route.Hybrid, TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(truth));

        Assert.InRange(corrections.Now()[Route.Hybrid] / Math.Clamp(truth, 1 / bound, bound), 0.99, 1.01);
        Assert.False(corrections.Now().ContainsKey(Route.CloudOnly));
    }

    [Fact]
    public void A_correction_fades_while_its_route_is_not_taken()
    {
        var corrections = new RouteCorrections(_time);
        for (int i = 0; i < 20; i++) corrections.Record(Route.Hybrid, TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(6));
        _time.Advance(TimeSpan.FromHours(1));

        Assert.InRange(corrections.Now()[Route.Hybrid], 1, 1.01);
    }

    [Fact]
    public void Times_that_are_none_teach_nothing()
    {
        var corrections = new RouteCorrections(_time);
        corrections.Record(Route.Hybrid, TimeSpan.Zero, TimeSpan.FromSeconds(1));
        corrections.Record(Route.Hybrid, TimeSpan.FromSeconds(1), TimeSpan.Zero);

        Assert.Empty(corrections.Now());
    }

    [Fact]
    public void Lengths_are_learned_by_the_kind_of_prompt_and_bounded_by_what_is_allowed()
    {
        var lengths = new AnswerLengths(_time);
        double before = lengths.Expect(PromptKind.Description, 1000);
        for (int i = 0; i < 30; i++) lengths.Record(PromptKind.Reading, 7, FinishReason.Stop);

        Assert.Equal(7, lengths.Expect(PromptKind.Reading, 1000), 0.1);
        Assert.Equal(3, lengths.Expect(PromptKind.Reading, 3));
        Assert.Equal(before, lengths.Expect(PromptKind.Description, 1000));
    }

    [Fact]
    public void An_answer_that_was_cut_never_makes_others_look_shorter()
    {
        var lengths = new AnswerLengths(_time);
        double before = lengths.Expect(PromptKind.Description, 1000);
        lengths.Record(PromptKind.Description, 5, FinishReason.Length);
        Assert.Equal(before, lengths.Expect(PromptKind.Description, 1000));

        lengths.Record(PromptKind.Description, 500, FinishReason.Length);
        Assert.True(lengths.Expect(PromptKind.Description, 1000) > before);
    }

    [Theory]
    [InlineData("Describe the picture in detail.", PromptKind.Description)]
    [InlineData("Beschreibe das Bild.", PromptKind.Description)]
    [InlineData("Read the sign and translate it.", PromptKind.Reading)]
    [InlineData("How many dogs are there?", PromptKind.Question)]
    public void Prompts_are_of_kinds(string prompt, PromptKind kind) => Assert.Equal(kind, PromptKinds.Of(prompt));

    [Fact]
    public void A_servers_hint_fades_and_its_speeds_stay()
    {
        var server = new ServerMonitor(_time);
        Assert.Equal(new ServerFacts(), server.Facts());

        server.Take(new ServerStageTimings { Encode = TimeSpan.FromSeconds(0.5), Decode = TimeSpan.FromSeconds(1), GeneratedTokens = 50, VisualTokens = 250, Load = new ServerLoadHint { Wait = TimeSpan.FromSeconds(8) } }, textTokens: 20);
        Assert.Equal((TimeSpan.FromSeconds(8), 0.002, 0.02), (server.Facts().Wait, server.Facts().EncodeSecondsPerToken!.Value, server.Facts().SecondsPerToken!.Value));
        // What was cached took no time, which says nothing of how long it takes.
        Assert.Null(server.Facts().FeatureSecondsPerToken);

        _time.Advance(TimeSpan.FromMinutes(2));
        Assert.True(server.Facts().Wait < TimeSpan.FromMilliseconds(10));
        Assert.Equal(0.02, server.Facts().SecondsPerToken);
    }

    [Fact]
    public void A_server_that_refused_is_taken_to_be_busy_for_a_while()
    {
        var server = new ServerMonitor(_time);
        server.Refused();

        Assert.True(server.Facts().Wait > FastestRoute.Default.IdleWait);
    }
}
