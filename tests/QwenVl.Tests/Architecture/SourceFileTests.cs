using System.Text.RegularExpressions;
using QwenVl.Tests.Infrastructure;

namespace QwenVl.Tests.Architecture;

public sealed partial class SourceFileTests
{
    private const int MostLines = 400;

    [Fact]
    public void No_source_file_is_longer_than_400_lines()
    {
        IEnumerable<string> tooLong = RepositoryFolder.Sources()
            .Select(path => (path, lines: File.ReadLines(RepositoryFolder.File(path)).Count()))
            .Where(file => file.lines > MostLines)
            .Select(file => $"{file.path}: {file.lines} lines");

        Assert.Empty(tooLong);
    }

    [Fact]
    public void No_type_is_named_utils_helpers_or_manager()
    {
        IEnumerable<string> named = RepositoryFolder.Sources().Where(path => ForbiddenName().IsMatch(Path.GetFileNameWithoutExtension(path)));

        Assert.Empty(named);
    }

    [Fact]
    public void A_warning_is_switched_off_only_with_a_reason_on_its_line()
    {
        IEnumerable<string> silent = RepositoryFolder.Sources()
            .SelectMany(path => File.ReadLines(RepositoryFolder.File(path)).Select((line, index) => (path, line, number: index + 1)))
            .Where(at => at.line.TrimStart().StartsWith("#pragma warning disable", StringComparison.Ordinal) && !at.line.Contains("//", StringComparison.Ordinal))
            .Select(at => $"{at.path}:{at.number}");

        Assert.Empty(silent);
    }

    [GeneratedRegex("(Utils?|Helpers?|Manager)$")]
    private static partial Regex ForbiddenName();
}
