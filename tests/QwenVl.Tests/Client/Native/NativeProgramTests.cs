using QwenVl.Client;
using QwenVl.Client.Answers;
using QwenVl.Client.Images;
using QwenVl.Tests.Client.Fakes;

namespace QwenVl.Tests.Client.Native;

/// <summary>The client compiled ahead of time, as a program and as a library, against a real server.</summary>
public sealed class NativeProgramTests(DeviceFixture device) : IClassFixture<DeviceFixture>
{
    [Fact]
    public async Task A_program_in_C_finds_all_that_the_header_promises()
    {
        string output = await NativePrograms.RunAsync("client_test", device.Engines, DeviceFixture.Picture, DeviceFixture.Prompt, device.Server.GrpcAddress.ToString());

        Assert.EndsWith("all hold\n", output, StringComparison.Ordinal);
        Assert.Contains(await AskManagedAsync(), output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("device-only")]
    [InlineData("cloud-features")]
    [InlineData("cloud-only")]
    [InlineData("hybrid")]
    public async Task The_native_command_line_asks_by_every_route(string route)
    {
        string output = await NativePrograms.RunAsync("qwenvl", "ask", DeviceFixture.Picture, DeviceFixture.Prompt, "--route", route, "--device-model", device.Engines, "--server", device.Server.GrpcAddress.ToString());

        // Lines are wrapped at the terminal's width.
        string answer = string.Join(' ', output.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries));
        if (route is "device-only" or "cloud-features") Assert.Equal(await AskManagedAsync(), answer);
        else Assert.NotEmpty(answer);
    }

    [Fact]
    public async Task The_native_command_line_builds_a_devices_engines()
    {
        string output = await NativePrograms.RunAsync("qwenvl", "ask", DeviceFixture.Picture, DeviceFixture.Prompt, "--route", "device-only");

        Assert.NotEmpty(output.Trim());
    }

    private async Task<string> AskManagedAsync()
    {
        await using var client = new QwenVlClient(new QwenVlClientOptions { DeviceEnginePath = device.Engines });
        Answer answer = await client.GenerateAsync(await ClientImage.FromFileAsync(DeviceFixture.Picture), DeviceFixture.Prompt, new GenerateOptions { Route = Route.DeviceOnly });
        (_, AnswerSummary summary) = await Conversation.ReadAsync(answer);
        return summary.Text;
    }
}
