using QwenVl.Benchmarks.Load.Routes;
using QwenVl.Benchmarks.Load.Scenarios;
using QwenVl.Client.Answers;
using QwenVl.Model.Features;

namespace QwenVl.Tests.Load.Routes;

public sealed class RouteEstimateTests
{
    // 64 rows of 8 bytes in float16: 512 bytes, in two stripes; 100 bytes a second both ways, and 2 s there and back.
    private static readonly RealSize Size = new("size", "", Width: 4, Taps: 0, VisualTokens: 64, PromptTokens: 10, AnswerTokens: 20, JpegBytes: 100,
        DeviceTowerSeconds: 7, DevicePrefillRate: 10, DeviceDecodeRate: 2, ServerEncodeSeconds: 0.5, ServerPrefillSeconds: 0.25, ServerTokenSeconds: 0.125, ServerQueueSeconds: 0);

    private static readonly NetworkOptions Network = new("net", 1, 0.8, 0.8, 2000, 0, 0);

    [Fact]
    public void The_cloud_alone_takes_the_upload_a_round_trip_and_its_stages() => AssertTimes(Route.CloudOnly, first: 1 + 2 + 0.75, total: 1 + 2 + 0.75 + 19 * 0.125);

    [Fact]
    public void The_device_alone_takes_its_own_stages() => AssertTimes(Route.DeviceOnly, first: 7 + 7.4, total: 7 + 7.4 + 10);

    [Fact]
    public void Prefill_goes_on_while_features_come()
    {
        // The first stripe is there after 3.5 s and 2.56 s more, the second 2.56 s later, within the 3.2 s of the first one's prefill.
        const double Ready = 3.5 + 2.56 + 3.2 + 3.2 + 1;
        AssertTimes(Route.CloudFeatures, Ready, Ready + 10);
    }

    [Fact]
    public void A_server_that_is_done_before_the_device_is_ready_writes_it_all() => AssertTimes(Route.Hybrid, first: 3.75, total: 3.75 + 19 * 0.125);

    [Fact]
    public void A_device_takes_over_from_a_server_that_is_slower()
    {
        RouteEstimate estimate = Of(Route.Hybrid, Size with { ServerTokenSeconds = 2 });

        // Ready at 13.46 s, it asks, and the server has written for 11.71 s by then.
        const double Written = 11.71 / 2;
        Assert.Equal(13.46 + 2 + Written / 10 + (20 - Written) / 2, estimate.TotalSeconds, 6);
    }

    private static void AssertTimes(Route route, double first, double total)
    {
        RouteEstimate estimate = Of(route, Size);
        Assert.Equal(first, estimate.FirstTokenSeconds, 6);
        Assert.Equal(total, estimate.TotalSeconds, 6);
    }

    private static RouteEstimate Of(Route route, RealSize size) => RouteEstimate.Of(size, Network, new RouteChoice("way", route, FeatureEncoding.Float16))!;
}
