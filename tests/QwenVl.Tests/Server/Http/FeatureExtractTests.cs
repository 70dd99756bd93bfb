using System.Net;
using System.Numerics.Tensors;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using QwenVl.Model.Features;
using QwenVl.Model.Vision;
using QwenVl.Runtime.Errors;
using QwenVl.Runtime.Queueing;
using QwenVl.Tests.Runtime.Preprocessing;
using QwenVl.Tests.Server.Fakes;

namespace QwenVl.Tests.Server.Http;

[Collection(SharedServerGroup.Name)]
public sealed class FeatureExtractTests(SharedServer shared)
{
    private readonly RunningServer _server = shared.Server;

    [Fact]
    public async Task The_vector_is_the_projected_mean_of_the_towers_features()
    {
        JsonNode reply = await WorksAsync(new JsonObject { ["image_base64"] = Base64(PictureFiles.Good), ["text_prompt"] = "What is it?" });
        float[] vector = [.. reply["features"]!.AsArray().Select(number => (float)number!)];
        RgbImage image = DecodedPictures.Decode(PictureFiles.Good);
        ImageFeatures features = (await _server.Models.Model.Tower.Worker.EncodeAsync(ImagePreprocessor.Prepare(image, SmartResize.Pixels512), RequestTerms.Default, CancellationToken.None)).Features;
        var expected = new float[512];
        new FeatureProjection(features.Width).Project(features.Main, expected);

        Assert.Equal(512, vector.Length);
        Assert.Equal(1, TensorPrimitives.Norm<float>(vector), 1e-4f);
        Assert.Equal(1, TensorPrimitives.CosineSimilarity<float>(expected, vector), 1e-5f);
        Assert.NotEmpty((string)reply["text_context"]!);
        Assert.Equal((features.Grid.Height, features.Grid.Width), ((int)reply["grid"]!["height"]!, (int)reply["grid"]!["width"]!));
        Assert.True((double)reply["timings"]!["total_seconds"]! > 0);
    }

    [Fact]
    public async Task A_data_url_says_the_same_as_the_bytes()
    {
        JsonNode bytes = await WorksAsync(new JsonObject { ["image_base64"] = Base64(PictureFiles.Jpeg), ["text_prompt"] = "What is it?" });
        JsonNode url = await WorksAsync(new JsonObject { ["image_url"] = "data:image/jpeg;base64," + Base64(PictureFiles.Jpeg), ["text_prompt"] = "What is it?" });
        Assert.Equal((bytes["features"]!.ToJsonString(), (string?)bytes["text_context"]), (url["features"]!.ToJsonString(), (string?)url["text_context"]));
    }

    [Fact]
    public async Task The_resolution_is_the_area_budget()
    {
        byte[] large = PictureFiles.Png(1000, 800);
        foreach ((string? resolution, int height, int width) in ((string?, int, int)[])[(null, 28, 34), ("auto", 28, 34), ("512", 28, 34), ("1024", 50, 62)])
        {
            JsonNode reply = await WorksAsync(new JsonObject { ["image_base64"] = Base64(large), ["text_prompt"] = "?", ["resolution"] = resolution });
            Assert.Equal((height, width), ((int)reply["grid"]!["height"]!, (int)reply["grid"]!["width"]!));
        }
    }

    [Fact]
    public async Task Good_pictures_of_every_kind_are_read()
    {
        foreach (byte[] file in (byte[][])[PictureFiles.OnePixel, PictureFiles.CmykJpeg(), PictureFiles.SixteenBit, PictureFiles.TurnedJpeg(), PictureFiles.WebP])
            await WorksAsync(new JsonObject { ["image_base64"] = Base64(file), ["text_prompt"] = "?" });
    }

    [Fact]
    public async Task Bad_pictures_are_refused_with_their_reason()
    {
        foreach ((byte[] file, string reason) in ((byte[], string)[])
            [
                ("no picture"u8.ToArray(), RequestReason.UnsupportedImage), (PictureFiles.TruncatedJpeg, RequestReason.TruncatedImage), (PictureFiles.Huge, RequestReason.ImageTooLarge),
                (PictureFiles.Animated, RequestReason.AnimatedImage), (PictureFiles.LongAndThin, RequestReason.ImageAspectRatio), (PictureFiles.DamagedPng, RequestReason.DamagedImage), ([], RequestReason.UnsupportedImage),
            ])
            await RefusedAsync(new JsonObject { ["image_base64"] = Base64(file), ["text_prompt"] = "?" }.ToJsonString(), HttpStatusCode.BadRequest, reason);
        await _server.BaselineAsync();
    }

    [Theory]
    [InlineData("{", RequestReason.BadRequest)]
    [InlineData("null", RequestReason.BadRequest)]
    [InlineData("[]", RequestReason.BadRequest)]
    [InlineData("{}", RequestReason.BadRequest)]
    [InlineData("""{"image_base64":7,"text_prompt":"?"}""", RequestReason.BadRequest)]
    [InlineData("""{"image_base64":"AAAA","image_url":"data:;base64,AAAA","text_prompt":"?"}""", RequestReason.BadRequest)]
    [InlineData("""{"image_base64":"not base64!","text_prompt":"?"}""", RequestReason.BadRequest)]
    [InlineData("""{"image_url":"http://127.0.0.1/a.png","text_prompt":"?"}""", RequestReason.BadRequest)]
    [InlineData("""{"image_url":"file:///etc/hostname","text_prompt":"?"}""", RequestReason.BadRequest)]
    [InlineData("""{"image_url":"data:image/png,AAAA","text_prompt":"?"}""", RequestReason.BadRequest)]
    [InlineData("""{"image_base64":"AAAA","text_prompt":"?","resolution":"2048"}""", RequestReason.BadRequest)]
    public async Task A_malformed_request_is_refused(string body, string reason) => await RefusedAsync(body, HttpStatusCode.BadRequest, reason);

    [Fact]
    public async Task A_prompt_that_is_empty_missing_or_too_long_is_refused()
    {
        string image = Base64(PictureFiles.Good);
        await RefusedAsync(new JsonObject { ["image_base64"] = image }.ToJsonString(), HttpStatusCode.BadRequest, RequestReason.EmptyPrompt);
        await RefusedAsync(new JsonObject { ["image_base64"] = image, ["text_prompt"] = " " }.ToJsonString(), HttpStatusCode.BadRequest, RequestReason.EmptyPrompt);
        await RefusedAsync(new JsonObject { ["image_base64"] = image, ["text_prompt"] = new string('x', 300_000) }.ToJsonString(), HttpStatusCode.BadRequest, RequestReason.PromptTooLong);
    }

    [Fact]
    public async Task Anything_but_json_is_an_unsupported_media_type() =>
        await RefusedAsync("{}", HttpStatusCode.UnsupportedMediaType, RequestReason.BadRequest, mediaType: "text/plain");

    [Fact]
    public async Task A_body_beyond_the_limit_is_too_large() =>
        await RefusedAsync($$"""{"image_base64":"{{new string('A', 28 << 20)}}","text_prompt":"?"}""", HttpStatusCode.RequestEntityTooLarge, RequestReason.BadRequest);

    [Fact]
    public async Task Paths_that_are_not_there_are_problem_details_too()
    {
        using HttpResponseMessage response = await _server.Http.GetAsync(new Uri(_server.HttpAddress, "/v2"));
        Assert.Equal((HttpStatusCode.NotFound, "application/problem+json"), (response.StatusCode, response.Content.Headers.ContentType?.MediaType));
    }

    [Fact]
    public async Task A_decoder_that_fails_is_an_internal_error_without_its_words()
    {
        await using RunningServer server = await RunningServer.StartAsync(hooks: new BackendHooks { Decoding = _ => throw new InvalidOperationException("secret") });
        using HttpResponseMessage response = await PostAsync(server, new JsonObject { ["image_base64"] = Base64(PictureFiles.Good), ["text_prompt"] = "?" }.ToJsonString());
        string body = await response.Content.ReadAsStringAsync();
        Assert.Equal((HttpStatusCode.InternalServerError, "application/problem+json"), (response.StatusCode, response.Content.Headers.ContentType?.MediaType));
        Assert.DoesNotContain("secret", body, StringComparison.Ordinal);
        Assert.Equal((0, 0), (server.Live.Requests, server.Live.ImageBytes));
    }

    [Fact]
    public async Task Requests_beyond_the_limit_are_told_when_to_try_again()
    {
        using var gate = new Gate();
        await using RunningServer server = await RunningServer.StartAsync(hooks: new BackendHooks { Decoding = _ => gate.Pass() }, settings: new() { ["Server:MaxRequests"] = "1" });
        string body = new JsonObject { ["image_base64"] = Base64(PictureFiles.Good), ["text_prompt"] = "?" }.ToJsonString();
        Task<HttpResponseMessage> first = PostAsync(server, body);
        await gate.ArrivedAsync();
        using HttpResponseMessage second = await PostAsync(server, body);
        Assert.Equal((HttpStatusCode.TooManyRequests, "1"), (second.StatusCode, second.Headers.RetryAfter?.ToString()));
        gate.Open();
        using HttpResponseMessage answered = await first;
        Assert.Equal(HttpStatusCode.OK, answered.StatusCode);
    }

    [Fact]
    public async Task A_client_that_is_gone_frees_the_decoder()
    {
        using var gate = new Gate();
        await using RunningServer server = await RunningServer.StartAsync(hooks: new BackendHooks { Decoding = _ => gate.Pass() });
        using var leave = new CancellationTokenSource();
        using var body = new StringContent(new JsonObject { ["image_base64"] = Base64(PictureFiles.Good), ["text_prompt"] = "?" }.ToJsonString(), Encoding.UTF8, "application/json");
        Task<HttpResponseMessage> asking = server.Http.PostAsync(new Uri(server.HttpAddress, "/v1/feature_extract"), body, leave.Token);
        await gate.ArrivedAsync();
        await leave.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => asking);
        await Waiting.UntilAsync(() => server.Live.Requests == 0, "the request is over");
        gate.Let(1);
        await server.BaselineAsync();
    }

    private static string Base64(byte[] bytes) => Convert.ToBase64String(bytes);

    private static async Task<HttpResponseMessage> PostAsync(RunningServer server, string body, string mediaType = "application/json")
    {
        using var content = new StringContent(body, Encoding.UTF8, mediaType);
        using var request = new HttpRequestMessage(HttpMethod.Post, new Uri(server.HttpAddress, "/v1/feature_extract")) { Content = content };
        // As curl does with large bodies: whoever is refused need not send it all.
        request.Headers.ExpectContinue = body.Length > 1 << 20;
        return await server.Http.SendAsync(request);
    }

    private async Task<JsonNode> WorksAsync(JsonObject body)
    {
        using HttpResponseMessage response = await PostAsync(_server, body.ToJsonString());
        string text = await response.Content.ReadAsStringAsync();
        Assert.True(response.StatusCode == HttpStatusCode.OK, text);
        return JsonNode.Parse(text)!;
    }

    private async Task RefusedAsync(string body, HttpStatusCode status, string reason, string mediaType = "application/json")
    {
        using HttpResponseMessage response = await PostAsync(_server, body, mediaType);
        using var problem = JsonDocument.Parse(await response.Content.ReadAsStringAsync());
        Assert.Equal((status, "application/problem+json", reason), (response.StatusCode, response.Content.Headers.ContentType?.MediaType, problem.RootElement.GetProperty("reason").GetString()));
        Assert.Equal((int)status, problem.RootElement.GetProperty("status").GetInt32());
        Assert.NotEmpty(problem.RootElement.GetProperty("detail").GetString()!);
    }
}
