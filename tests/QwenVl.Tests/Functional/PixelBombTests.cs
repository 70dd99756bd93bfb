using System.Buffers.Binary;
using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using System.Text.Json.Nodes;
using QwenVl.Runtime.Errors;
using QwenVl.Tests.Infrastructure;
using QwenVl.Tests.Runtime.Preprocessing;
using QwenVl.Tests.Server.Fakes;

namespace QwenVl.Tests.Functional;

/// <summary>Small files that promise more pixels than there is memory for, sent to the program itself so that its memory is its own.</summary>
public sealed class PixelBombTests : IDisposable
{
    private const int Rounds = 25;

    // One of these pictures decoded would be several times as much.
    private const long MostGrowthBytes = 96 << 20;

    private readonly TemporaryFolder _folder = new();

    [Fact]
    public async Task pixel_bomb_refused_with_bounded_rss()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "Memory is read from /proc, which is not here.");
        using Process server = Start(_folder.File("ready.json"));
        try
        {
            var address = new Uri($"http://127.0.0.1:{await PortAsync(_folder.File("ready.json"), server)}/v1/feature_extract");
            using var client = new HttpClient { Timeout = Waiting.Limit };
            Assert.Equal(HttpStatusCode.OK, (await SendAsync(client, address, PictureFiles.Good)).Status);
            // The first refusals load what refusals need.
            foreach (byte[] bomb in Bombs()) await RefusedAsync(client, address, bomb);
            long before = PeakBytes(server);
            for (int round = 0; round < Rounds; round++) await Task.WhenAll(Bombs().Select(bomb => RefusedAsync(client, address, bomb)));

            Assert.InRange(PeakBytes(server) - before, 0, MostGrowthBytes);
            Assert.Equal(HttpStatusCode.OK, (await SendAsync(client, address, PictureFiles.Good)).Status);
        }
        finally
        {
            server.Kill();
            await server.WaitForExitAsync();
        }
    }

    public void Dispose() => _folder.Dispose();

    /// <summary>Each states more than 100 million pixels.</summary>
    private static byte[][] Bombs()
    {
        byte[] jpeg = [.. PictureFiles.Jpeg];
        int frame = jpeg.AsSpan().IndexOf((ReadOnlySpan<byte>)[0xff, 0xc0]);
        BinaryPrimitives.WriteUInt16BigEndian(jpeg.AsSpan(frame + 5), 65_500);
        BinaryPrimitives.WriteUInt16BigEndian(jpeg.AsSpan(frame + 7), 65_500);
        byte[] bmp = new byte[64];
        "BM"u8.CopyTo(bmp);
        (bmp[2], bmp[14]) = (64, 40);
        BinaryPrimitives.WriteInt32LittleEndian(bmp.AsSpan(18), 30_000);
        BinaryPrimitives.WriteInt32LittleEndian(bmp.AsSpan(22), -30_000);
        // A canvas of 16 million by 16 million, as an extended WebP states it.
        byte[] webp = [.. "RIFF"u8, 22, 0, 0, 0, .. "WEBPVP8X"u8, 10, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff];
        return [PictureFiles.Huge, PictureFiles.Png(10_001, 10_000, rows: 40), jpeg, bmp, webp];
    }

    private static async Task RefusedAsync(HttpClient client, Uri address, byte[] bomb)
    {
        (HttpStatusCode status, string reply) = await SendAsync(client, address, bomb);
        Assert.Equal(HttpStatusCode.BadRequest, status);
        Assert.Contains(RequestReason.ImageTooLarge, reply, StringComparison.Ordinal);
    }

    private static async Task<(HttpStatusCode Status, string Reply)> SendAsync(HttpClient client, Uri address, byte[] file)
    {
        using HttpResponseMessage response = await client.PostAsJsonAsync(address, new JsonObject { ["image_base64"] = Convert.ToBase64String(file), ["text_prompt"] = "?" });
        return (response.StatusCode, await response.Content.ReadAsStringAsync());
    }

    private static Process Start(string readyFile)
    {
        var start = new ProcessStartInfo("dotnet") { RedirectStandardOutput = true, RedirectStandardError = true, WorkingDirectory = RepositoryFolder.Root };
        foreach (string argument in (string[])[Path.Combine(AppContext.BaseDirectory, "QwenVl.Server.dll"), .. RunningServer.Flags("--ready-file", readyFile)]) start.ArgumentList.Add(argument);
        var server = Process.Start(start)!;
        // Read and forgotten: a full pipe would hold the server.
        server.BeginOutputReadLine();
        server.BeginErrorReadLine();
        return server;
    }

    private static async Task<int> PortAsync(string readyFile, Process server)
    {
        await Waiting.UntilAsync(() => File.Exists(readyFile) || server.HasExited, "the server is ready");
        using JsonDocument ready = JsonDocument.Parse(await File.ReadAllTextAsync(readyFile));
        return ready.RootElement.GetProperty("http").GetInt32();
    }

    /// <summary>The most memory that the process ever had at a time.</summary>
    private static long PeakBytes(Process process) => long.Parse(
        File.ReadLines($"/proc/{process.Id}/status").Single(line => line.StartsWith("VmHWM:", StringComparison.Ordinal)).Split(' ', StringSplitOptions.RemoveEmptyEntries)[1], CultureInfo.InvariantCulture) << 10;
}
