using QwenVl.Client.Device;
using QwenVl.Client.Handoff;
using QwenVl.Model.Sampling;
using QwenVl.Model.Vision;

namespace QwenVl.Client.Routing;

/// <summary>Runs a device's engines on a grey picture: once to load them and, where they are to be measured, once more against the clock.</summary>
internal sealed class Calibration(LocalDevice device, TimeProvider time)
{
    private const byte Grey = 128;

    // Enough for a mean, few enough for a slow phone.
    private const int DecodedTokens = 8;

    /// <param name="width">Pixels.</param>
    /// <param name="height">Pixels.</param>
    /// <param name="measure">Whether to measure.</param>
    /// <param name="cancellationToken">Stops between the steps.</param>
    /// <returns>The measurement; null where none was wanted.</returns>
    public async Task<CalibrationMeasurement?> RunAsync(int width, int height, bool measure, CancellationToken cancellationToken)
    {
        var grey = new RgbImage(width, height, GC.AllocateUninitializedArray<byte>(checked(width * height * 3)));
        grey.Pixels.AsSpan().Fill(Grey);
        ImagePatches patches = await device.RunAsync(() => ImagePreprocessor.Prepare(grey, SmartResize.Pixels512), cancellationToken).ConfigureAwait(false);
        await RunAsync(patches, 1, cancellationToken).ConfigureAwait(false);
        return measure ? await RunAsync(patches, DecodedTokens, cancellationToken).ConfigureAwait(false) : null;
    }

    private async Task<CalibrationMeasurement> RunAsync(ImagePatches patches, int tokens, CancellationToken cancellationToken)
    {
        long started = time.GetTimestamp();
        ImageFeatures features = await device.EncodeAsync(patches, cancellationToken).ConfigureAwait(false);
        long encoded = time.GetTimestamp();
        LocalSequence sequence = await device.StartAsync("?", features.Grid, tokens + 1, SamplingParameters.Greedy, cancellationToken).ConfigureAwait(false);
        await using (sequence.ConfigureAwait(false))
        {
            long begun = time.GetTimestamp();
            await sequence.PrefillAsync(ArrivingFeatures.Of(features), cancellationToken).ConfigureAwait(false);
            long prefilled = time.GetTimestamp();
            int token = await sequence.SampleAsync(cancellationToken).ConfigureAwait(false);
            for (int i = 0; i < tokens; i++) token = await sequence.FeedAndSampleAsync(token, cancellationToken).ConfigureAwait(false);
            long decoded = time.GetTimestamp();
            return new CalibrationMeasurement(
                new VisionTime(patches.Grid.Tokens, Seconds(started, encoded)),
                sequence.PromptLength / Seconds(begun, prefilled),
                tokens / Seconds(prefilled, decoded));
        }
    }

    /// <summary>Over zero: a clock may be coarser than a small model is slow.</summary>
    private double Seconds(long from, long to) => Math.Max(time.GetElapsedTime(from, to).TotalSeconds, TimeSpan.FromMicroseconds(1).TotalSeconds);
}
