using QwenVl.Tests.Client.Native;
using QwenVlSample;

namespace QwenVl.Tests.Client.Samples;

/// <summary>The part of the MAUI sample that needs no phone.</summary>
public sealed class AskViewModelTests(DeviceFixture device) : IClassFixture<DeviceFixture>
{
    [Fact]
    public async Task It_asks_a_server_and_shows_who_wrote_what()
    {
        await using var model = new AskViewModel { Server = device.Server.GrpcAddress.ToString(), Engines = device.Engines, Prompt = DeviceFixture.Prompt };
        var shown = new List<string>();
        model.PropertyChanged += (_, change) =>
        {
            if (change.PropertyName == nameof(AskViewModel.Text)) shown.Add(model.Text);
        };

        await model.AskAsync(await File.ReadAllBytesAsync(DeviceFixture.Picture));

        Assert.Contains("tokens by the server", model.Status, StringComparison.Ordinal);
        Assert.NotEmpty(model.Text);
        // Text only grows.
        Assert.All(shown.Zip(shown.Skip(1)), pair => Assert.StartsWith(pair.First, pair.Second, StringComparison.Ordinal));
    }

    [Fact]
    public async Task It_asks_the_device_alone_and_then_says_what_a_wrong_address_is()
    {
        await using var model = new AskViewModel { Engines = device.Engines, Prompt = DeviceFixture.Prompt };
        byte[] picture = await File.ReadAllBytesAsync(DeviceFixture.Picture);

        await model.AskAsync(picture);
        Assert.StartsWith("0 tokens by the server", model.Status, StringComparison.Ordinal);

        model.Server = "http://127.0.0.1:1";
        await model.AskAsync(picture);
        Assert.Contains("cannot be reached", model.Status, StringComparison.Ordinal);
    }
}
