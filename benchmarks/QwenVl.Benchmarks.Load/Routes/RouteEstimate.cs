using QwenVl.Benchmarks.Load.Scenarios;
using QwenVl.Client.Answers;
using QwenVl.Model.Features;

namespace QwenVl.Benchmarks.Load.Routes;

/// <summary>What a route would take with checkpoints of a real size: computed from parts, not measured as a whole.</summary>
/// <param name="Size">Which size.</param>
/// <param name="Network">Over which network; what it loses is not counted.</param>
/// <param name="Way">By which way.</param>
/// <param name="FirstTokenSeconds">From the question, the upload included.</param>
/// <param name="TotalSeconds">From the question to the last token.</param>
/// <param name="BytesUp">The picture.</param>
/// <param name="BytesDown">The features.</param>
internal sealed record RouteEstimate(string Size, string Network, string Way, double FirstTokenSeconds, double TotalSeconds, double BytesUp, double BytesDown)
{
    /// <summary>Computes one; null for a route that chooses among the others.</summary>
    public static RouteEstimate? Of(RealSize size, NetworkOptions network, RouteChoice route)
    {
        var layout = new FeatureLayout(route.Features, size.VisualTokens, size.Width, size.Taps);
        double roundTrip = network.RoundTripMs / 1000, decode = size.AnswerTokens / size.DeviceDecodeRate;
        double asked = Seconds(size.JpegBytes, network.UpKbps) + roundTrip;
        double cloudFirst = asked + size.ServerQueueSeconds + size.ServerEncodeSeconds + size.ServerPrefillSeconds;
        double cloudAll = cloudFirst + (size.AnswerTokens - 1) * size.ServerTokenSeconds;
        double ready = Ready(size, layout, asked + size.ServerEncodeSeconds, network.DownKbps);
        switch (route.Route)
        {
            case Route.CloudOnly: return New(cloudFirst, cloudAll, size.JpegBytes, 0);
            case Route.CloudFeatures: return New(ready, ready + decode, size.JpegBytes, layout.TotalBytes);
            case Route.DeviceOnly:
                double local = size.DeviceTowerSeconds + (size.PromptTokens + size.VisualTokens) / size.DevicePrefillRate;
                return New(local, local + decode, 0, 0);
            case Route.Hybrid:
                // The device takes the server's tokens in, asks, and one round trip later writes on.
                double written = Math.Clamp((ready + roundTrip - cloudFirst) / size.ServerTokenSeconds, 0, size.AnswerTokens);
                double taken = ready + roundTrip + written / size.DevicePrefillRate;
                bool isCloudDone = written >= size.AnswerTokens;
                return New(Math.Min(cloudFirst, ready), isCloudDone ? cloudAll : taken + (size.AnswerTokens - written) / size.DeviceDecodeRate, size.JpegBytes, layout.TotalBytes);
            default: return null;
        }

        RouteEstimate New(double first, double total, double up, double down) => new(size.Name, network.Name, route.Name, first, total, up, down);
    }

    /// <summary>When the device has taken in the prompt, of which each stripe comes when the network has carried it.</summary>
    private static double Ready(RealSize size, FeatureLayout layout, double sent, double downKbps)
    {
        double busy = 0;
        for (int stripe = 0; stripe < layout.Stripes; stripe++)
        {
            double came = sent + Seconds(layout.OffsetOf(stripe) + layout.BytesOf(stripe), downKbps);
            busy = Math.Max(busy, came) + layout.RowsOf(stripe) / size.DevicePrefillRate;
        }

        return busy + size.PromptTokens / size.DevicePrefillRate;
    }

    private static double Seconds(double bytes, double kbps) => kbps > 0 ? bytes * 8 / (kbps * 1000) : 0;
}
