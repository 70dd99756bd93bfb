using QwenVl.Benchmarks.Load.Pictures;
using QwenVl.Benchmarks.Load.Scenarios;
using QwenVl.Client;
using QwenVl.Client.Answers;
using QwenVl.Client.Images;
using QwenVl.Model.Features;

namespace QwenVl.Benchmarks.Load.Routes;

/// <summary>
/// Times a picture's way up, its features' way down in every encoding, and the device's own tower. The features are
/// computed once before, so that their time is the network's.
/// </summary>
internal sealed class TransferRun(RouteScenario scenario, RouteRun run, FreshPictures pictures, TimeProvider time)
{
    private const int Side = 1024;
    private const int Quality = 85;
    private const string NoNetwork = "the device";

    private static readonly (int Pixels, PictureResolution Value)[] Resolutions = [(512, PictureResolution.Pixels512), (1024, PictureResolution.Pixels1024)];

    /// <summary>Runs.</summary>
    public async Task<IReadOnlyList<Transfer>> RunAsync(Action<string> say, CancellationToken cancellation)
    {
        byte[] jpeg = MotifPainter.Draw(Side, Side, Quality, scenario.Seed);
        var transfers = new List<Transfer>();
        if (scenario.TransferRepeats == 0) return transfers;
        foreach (NetworkOptions network in scenario.Networks)
        {
            await run.OverAsync(network, async client =>
            {
                say($"transfers, {network.Name}");
                // The same client has warmed up and computes nothing else.
                if (transfers.Count == 0) transfers.AddRange(await TowerAsync(client, jpeg, cancellation));
                double upload = await MedianAsync(async () =>
                {
                    ClientImage image = pictures.Of(jpeg);
                    await client.UploadAsync(image, cancellation);
                    // Sending ends when the last byte has left; the server has it when it says so.
                    while (!await client.HasImageAsync(image, cancellation)) cancellation.ThrowIfCancellationRequested();
                });
                foreach ((int pixels, PictureResolution resolution) in Resolutions)
                {
                    transfers.Add(new Transfer(network.Name, pixels, "JPEG up", jpeg.Length, upload));
                    transfers.AddRange(await FeaturesAsync(client, network, pixels, resolution, pictures.Of(jpeg), cancellation));
                }
            }, cancellation);
        }

        return transfers;
    }

    private async Task<List<Transfer>> FeaturesAsync(QwenVlClient client, NetworkOptions network, int pixels, PictureResolution resolution, ClientImage image, CancellationToken cancellation)
    {
        var transfers = new List<Transfer>();
        await client.GetFeaturesAsync(image, new GenerateOptions { Resolution = resolution, FeatureEncoding = FeatureEncoding.Int4Group }, cancellation);
        foreach (FeatureEncoding encoding in Enum.GetValues<FeatureEncoding>())
        {
            CloudFeatures? features = null;
            double took = await MedianAsync(async () => features = await client.GetFeaturesAsync(image, new GenerateOptions { Resolution = resolution, FeatureEncoding = encoding }, cancellation));
            long bytes = new FeatureLayout(encoding, features!.Features.Tokens, features.Features.Width, features.Features.TapCount).TotalBytes;
            transfers.Add(new Transfer(network.Name, pixels, $"{encoding} down", bytes, took));
        }

        return transfers;
    }

    private async Task<List<Transfer>> TowerAsync(QwenVlClient client, byte[] jpeg, CancellationToken cancellation)
    {
        var transfers = new List<Transfer>();
        foreach ((int pixels, PictureResolution resolution) in Resolutions)
        {
            double took = await MedianAsync(async () =>
            {
                var options = new GenerateOptions { Route = Route.DeviceOnly, Resolution = resolution, MaxNewTokens = 1 };
                await using Answer answer = await client.GenerateAsync(pictures.Of(jpeg), "?", options, cancellation);
                StageTimings timings = (await answer.GetSummaryAsync(cancellation)).Timings;
                return timings.DecodeImage + timings.EncodeImage;
            });
            transfers.Add(new Transfer(NoNetwork, pixels, "device's tower", 0, took));
        }

        return transfers;
    }

    private Task<double> MedianAsync(Func<Task> work) => MedianAsync(async () =>
    {
        long start = time.GetTimestamp();
        await work();
        return (TimeSpan?)time.GetElapsedTime(start);
    });

    private async Task<double> MedianAsync(Func<Task<TimeSpan?>> work)
    {
        var times = new List<double>();
        for (int i = 0; i < scenario.TransferRepeats; i++) times.Add((await work())?.TotalMilliseconds ?? 0);
        return Quantile.Of(times, Quantile.Median);
    }
}
