using QwenVl.Client.Answers;
using QwenVl.Client.Routing;
using QwenVl.Model.Features;

namespace QwenVl.Tests.Client.Routing;

public sealed class FastestRouteTests
{
    private static readonly FastestRoute Policy = FastestRoute.Default;

    [Fact]
    public void On_a_good_network_with_an_idle_server_four_fifths_of_the_tokens_are_the_servers()
    {
        RouteDecision decision = Policy.Decide(SampleFacts.Of(SampleFacts.WiFi));

        Assert.Equal((Route.Hybrid, 40), (decision.Route, decision.TakeOverAfter));
        // The device is ready a moment after that: the server goes on until then.
        Assert.Equal(0.8, decision.Predicted!.CloudTokens / SampleFacts.Question.ExpectedTokens, 0.05);
        Assert.Contains("the network is good and the server idle", decision.Explanation, StringComparison.Ordinal);
        Assert.Contains("the server writes 41 of about 50 tokens", decision.Explanation, StringComparison.Ordinal);
    }

    [Fact]
    public void An_answer_that_would_be_much_later_for_being_shared_is_not()
    {
        RoutingFacts facts = SampleFacts.Of(SampleFacts.WiFi) with { Device = SampleFacts.Phone with { DecodeTokensPerSecond = 8 } };

        Assert.Equal(Route.CloudOnly, Policy.Decide(facts).Route);
        Assert.Equal(Route.Hybrid, new FastestRoute { MaxSlowdown = 3 }.Decide(facts).Route);
    }

    [Fact]
    public void On_a_bad_network_the_device_answers_alone_with_fewer_pixels()
    {
        RoutingFacts facts = SampleFacts.Of(SampleFacts.Bad) with { Question = SampleFacts.Question with { VisualTokens = 1024 } };
        RouteDecision decision = Policy.Decide(facts);

        Assert.Equal((Route.DeviceOnly, PictureResolution.Pixels512), (decision.Route, decision.Resolution));
        Assert.Contains("device only at 512: the network is bad", decision.Explanation, StringComparison.Ordinal);
        Assert.Contains("round trip 200 ms", decision.Explanation, StringComparison.Ordinal);
    }

    [Fact]
    public void A_resolution_that_was_named_stays_on_a_bad_network()
    {
        RoutingFacts facts = SampleFacts.Of(SampleFacts.Bad) with { Question = SampleFacts.Question with { Resolution = PictureResolution.Pixels1024 } };

        Assert.Equal((Route.DeviceOnly, PictureResolution.Pixels1024), (Policy.Decide(facts).Route, Policy.Decide(facts).Resolution));
    }

    [Fact]
    public void A_device_that_is_far_slower_than_even_a_bad_network_does_not_answer()
    {
        DeviceFacts slow = SampleFacts.Phone with { Vision = [new VisionTime(256, 20)], PrefillTokensPerSecond = 10, DecodeTokensPerSecond = 1 };

        Assert.Equal(Route.CloudOnly, Policy.Decide(SampleFacts.Of(SampleFacts.Bad) with { Device = slow }).Route);
    }

    [Fact]
    public void Between_good_and_bad_the_route_whose_answer_is_there_first_is_taken()
    {
        RouteDecision decision = Policy.Decide(SampleFacts.Of(SampleFacts.Mobile));

        TimeSpan first = decision.Predictions.Min(route => route.Total);
        Assert.Equal(first, decision.Predicted!.Total);
        Assert.Equal(SampleFacts.All.Order(), decision.Predictions.Select(route => route.Route).Order());
        Assert.Contains("the fastest", decision.Explanation, StringComparison.Ordinal);
    }

    [Fact]
    public void A_server_whose_questions_queue_is_left_to_others()
    {
        ServerFacts busy = SampleFacts.Server with { Wait = TimeSpan.FromSeconds(20), FeatureWait = TimeSpan.FromMilliseconds(100) };
        RouteDecision decision = Policy.Decide(SampleFacts.Of(SampleFacts.WiFi) with { Server = busy });

        Assert.Contains(decision.Route, (Route[])[Route.CloudFeatures, Route.DeviceOnly]);
        TimeSpan cloud = decision.Predictions.Single(route => route.Route == Route.CloudOnly).Total;
        Assert.True(cloud > 2 * decision.Predicted!.Total, $"{cloud} and {decision.Predicted.Total}");
        Assert.Contains("queue 20.0 s", decision.Explanation, StringComparison.Ordinal);
    }

    [Fact]
    public void A_picture_that_the_server_has_costs_no_upload()
    {
        RoutingFacts facts = SampleFacts.Of(SampleFacts.Mobile) with { Question = SampleFacts.Question with { ImageBytes = 4_000_000 } };
        RoutingFacts known = facts with { Question = facts.Question with { ImageIsKnown = true } };

        Assert.Equal(Route.DeviceOnly, Policy.Decide(facts).Route);
        Assert.NotEqual(Route.DeviceOnly, Policy.Decide(known).Route);
    }

    [Fact]
    public void Features_that_would_take_long_are_asked_for_in_fewer_bits()
    {
        // Four megabytes of halves.
        NetworkFacts cable = SampleFacts.WiFi with { DownBytesPerSecond = 125_000_000 };

        NetworkFacts fibre = SampleFacts.WiFi with { DownBytesPerSecond = 31_000_000 };

        Assert.Equal(FeatureEncoding.Int4Group, Features(SampleFacts.Mobile).FeatureEncoding);
        Assert.Equal(FeatureEncoding.Int8Row, Features(fibre).FeatureEncoding);
        Assert.Equal(FeatureEncoding.Float16, Features(cable).FeatureEncoding);

        static RoutePrediction Features(NetworkFacts network) => Policy.Decide(SampleFacts.Of(network)).Predictions.Single(route => route.Route == Route.CloudFeatures);
    }

    [Fact]
    public void On_a_metered_network_bytes_count()
    {
        RoutingFacts facts = SampleFacts.Of(SampleFacts.WiFi);
        RouteDecision metered = Policy.Decide(facts with { Hints = new DeviceHints { IsMetered = true } });

        Assert.Equal(Route.CloudOnly, metered.Route);
        Assert.True(metered.Predicted!.Bytes < Policy.Decide(facts).Predicted!.Bytes);
        Assert.Equal(Route.DeviceOnly, new FastestRoute { MeteredSecondsPerMegabyte = 100 }.Decide(facts with { Hints = new DeviceHints { IsMetered = true } }).Route);
        Assert.Contains("metered", metered.Explanation, StringComparison.Ordinal);
    }

    [Fact]
    public void A_low_battery_leaves_the_work_to_the_server()
    {
        RouteDecision decision = Policy.Decide(SampleFacts.Of(SampleFacts.WiFi) with { Hints = new DeviceHints { IsBatteryLow = true } });

        Assert.Equal(Route.CloudOnly, decision.Route);
        Assert.Contains("battery", decision.Explanation, StringComparison.Ordinal);
    }

    [Fact]
    public void What_an_earlier_answer_took_counts()
    {
        RoutingFacts facts = SampleFacts.Of(SampleFacts.Mobile);
        Route first = Policy.Decide(facts).Route;

        Assert.NotEqual(first, Policy.Decide(facts with { Corrections = new Dictionary<Route, double> { [first] = 5 } }).Route);
    }

    [Fact]
    public void Where_nothing_is_known_the_explanation_says_so()
    {
        var facts = new RoutingFacts { Candidates = SampleFacts.All, Question = new QuestionFacts { ImageBytes = 100_000 }, Device = new DeviceFacts() };

        Assert.EndsWith("nothing measured yet", Policy.Decide(facts).Explanation, StringComparison.Ordinal);
    }

    [Fact]
    public void An_explanation_is_one_line()
    {
        foreach (NetworkFacts network in (NetworkFacts[])[SampleFacts.WiFi, SampleFacts.Mobile, SampleFacts.Bad])
            Assert.DoesNotContain('\n', Policy.Decide(SampleFacts.Of(network)).Explanation);
    }
}
