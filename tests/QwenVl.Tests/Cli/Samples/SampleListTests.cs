using QwenVl.Cli;
using QwenVl.Cli.Samples;

namespace QwenVl.Tests.Cli.Samples;

public sealed class SampleListTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("qwenvl-").FullName;

    [Fact]
    public void Questions_come_in_the_order_of_the_list()
    {
        Write("""[{"file":"b.jpg","prompt":"Read."},{"file":"a.jpg","prompt":"Where?"}]""");

        Assert.Equal([new Sample(Path.Combine(_folder, "b.jpg"), "Read."), new Sample(Path.Combine(_folder, "a.jpg"), "Where?")], SampleList.Read(_folder));
    }

    [Theory]
    [InlineData(null)]
    [InlineData("[]")]
    [InlineData("{}")]
    [InlineData("[1]")]
    [InlineData("""[{"file":"a.jpg"}]""")]
    [InlineData("""[{"file":null,"prompt":"x"}]""")]
    [InlineData("not json")]
    public void What_is_no_list_is_refused_by_its_name(string? content)
    {
        if (content is not null) Write(content);

        Assert.Contains("samples.json", Assert.Throws<CliException>(() => SampleList.Read(_folder)).Message, StringComparison.Ordinal);
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private void Write(string content) => File.WriteAllText(Path.Combine(_folder, "samples.json"), content);
}
