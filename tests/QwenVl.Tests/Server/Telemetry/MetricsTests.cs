using QwenVl.Protos.V1;
using QwenVl.Runtime.Errors;
using QwenVl.Tests.Runtime.Preprocessing;
using QwenVl.Tests.Server.Fakes;
using QwenVl.Tests.Server.Streaming;

namespace QwenVl.Tests.Server.Telemetry;

public sealed class MetricsTests
{
    [Fact]
    public async Task Every_stage_is_measured_in_seconds_and_bytes()
    {
        await using RunningServer server = await RunningServer.StartAsync(flags: ["--image-cache-mb", "16"]);
        using (TestStream stream = await TestStream.GreetAsync(server))
        {
            await stream.UploadAsync(1, PictureFiles.Good);
            await stream.SendAsync(TestStream.Start(2, PictureFiles.Good));
            Assert.True((await stream.ReadAsync()).ImageReady.WasKnown);
            Ask ask = QuestionTests.Question(1, image: 1);
            ask.Features = FeatureType.Float16;
            await stream.AskAsync(ask);
            await stream.AskAsync(new Ask { QuestionId = 2, Prompt = " ", Tokens = true });
            await stream.CompleteAsync();
            await stream.ReadToEndAsync();
        }

        string text = await server.Http.GetStringAsync(new Uri(server.MetricsAddress, "/metrics"));
        string[] expected =
        [
            "qwenvl_preprocess_duration_seconds_count", "qwenvl_encode_duration_seconds_count", "qwenvl_encode_batch_size_bucket", "qwenvl_decode_step_duration_seconds_bucket",
            "qwenvl_queue_duration_seconds_count", "qwenvl_decode_tokens_total", "qwenvl_feature_cache_size_bytes", "qwenvl_feature_cache_lookups_total", "qwenvl_feature_cache_entries", "qwenvl_image_cache_entries",
            "qwenvl_image_cache_lookups_total", "qwenvl_image_cache_size_bytes", "qwenvl_uploads_skipped_total", "qwenvl_uploads_saved_bytes_total", "qwenvl_queue_length",
            "qwenvl_encode_padded_share_bucket", "qwenvl_decode_step_tokens_bucket", "qwenvl_kv_capacity", "qwenvl_kv_reserved", "qwenvl_kv_used",
            "qwenvl_streams_active", "qwenvl_questions_active", "qwenvl_images_size_bytes", "qwenvl_stream_io_bytes_total", "qwenvl_refusals_total", "qwenvl_answers_total",
            "gen_ai_server_time_to_first_token_seconds_count", "gen_ai_server_request_duration_seconds_count",
        ];
        Assert.All(expected, name => Assert.Contains(name, text, StringComparison.Ordinal));
        Assert.Contains("le=\"0.005\"", text, StringComparison.Ordinal);
        // At least: the exporter hears every server of this process.
        Assert.True(Value(text, "qwenvl_decode_tokens_total", "kind=\"generated\"") >= 12);
    }

    [Fact]
    public async Task Failures_are_counted_from_zero_so_that_the_first_is_an_increase()
    {
        await using RunningServer server = await RunningServer.StartAsync();
        string[] lines = (await server.Http.GetStringAsync(new Uri(server.MetricsAddress, "/metrics"))).Split('\n');
        Assert.All(RequestReason.All, reason => Assert.Contains(lines, line => Is(line, "qwenvl_refusals_total", $"reason=\"{reason}\"")));
        foreach (string stage in (string[])["encode", "decode"])
        {
            Assert.Contains(lines, line => Is(line, "qwenvl_batch_failures_total", $"stage=\"{stage}\""));
            Assert.Contains(lines, line => Is(line, "qwenvl_queue_dropped_total", $"stage=\"{stage}\""));
        }

        Assert.Contains(lines, line => Is(line, "qwenvl_shared_tier_errors_total", "reason=\"damaged\""));

        static bool Is(string line, string name, string tag) => line.StartsWith(name, StringComparison.Ordinal) && line.Contains(tag, StringComparison.Ordinal);
    }

    private static double Value(string text, string name, string tag) =>
        double.Parse(text.Split('\n').Single(line => line.StartsWith(name, StringComparison.Ordinal) && line.Contains(tag, StringComparison.Ordinal)).Split(' ')[1], System.Globalization.CultureInfo.InvariantCulture);
}
