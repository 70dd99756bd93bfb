using QwenVl.Cli;
using QwenVl.Cli.Servers;

namespace QwenVl.Tests.Cli.Servers;

public sealed class ServerStartTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("qwenvl-").FullName;

    [Fact]
    public void The_server_is_found_beside_this_program_in_the_same_configuration()
    {
        string own = Path.Combine(_folder, "bin", "QwenVl.Cli", "release"), server = Path.Combine(_folder, "bin", "QwenVl.Server", "release");
        Directory.CreateDirectory(own);
        Assert.Contains("--server", Assert.Throws<CliException>(() => ServerProgram.Find(own)).Message, StringComparison.Ordinal);

        Directory.CreateDirectory(server);
        File.WriteAllText(Path.Combine(server, "QwenVl.Server.dll"), "");

        Assert.Equal(Path.Combine(server, "QwenVl.Server.dll"), ServerProgram.Find(own + Path.DirectorySeparatorChar));
    }

    [Theory]
    [InlineData(null, null)]
    [InlineData("", null)]
    [InlineData("{\"http\":1,", null)]
    [InlineData("{\"http\":1,\"grpc\":50051,\"metrics\":3,\"pid\":4}", 50051)]
    public void A_ready_file_counts_once_it_is_whole(string? content, int? port)
    {
        string path = Path.Combine(_folder, "ready.json");
        if (content is not null) File.WriteAllText(path, content);

        Assert.Equal(port, ReadyFile.Read(path)?.Grpc);
    }

    [Fact]
    public void Only_the_last_lines_are_kept()
    {
        var lines = new RecentLines(2);
        foreach (string? line in (string?[])["one", "two", null, " ", "three "]) lines.Add(line);

        Assert.Equal("two | three", lines.ToString());
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);
}
