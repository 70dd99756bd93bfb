using System.Globalization;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Text.RegularExpressions;
using QwenVl.Client;
using QwenVl.Client.Native;
using QwenVl.Client.Native.Abi;
using QwenVl.Client.Native.Calls;
using QwenVl.Tests.Infrastructure;

namespace QwenVl.Tests.Client.Native;

/// <summary>The header in C says the same as the code behind it.</summary>
public sealed partial class HeaderTests
{
    private static readonly string Header = File.ReadAllText(RepositoryFolder.File("client-mobile", "QwenVl.Client.Native", "include", "qwenvl_client.h"));

    [Fact]
    public void Every_status_has_the_same_number_in_the_header_and_the_code()
    {
        Dictionary<string, int> header = StatusLine().Matches(Header).ToDictionary(match => match.Groups[1].Value, match => int.Parse(match.Groups[2].Value, CultureInfo.InvariantCulture));

        Assert.Equal(Enum.GetValues<NativeStatus>().ToDictionary(status => InC(status.ToString()), status => (int)status), header);
    }

    [Fact]
    public void Every_error_of_the_library_has_a_status_of_its_own()
    {
        NativeStatus[] statuses = [.. Enum.GetValues<QwenVlErrorCode>().Select(StatusOf.Code)];

        Assert.DoesNotContain(NativeStatus.Failed, statuses);
        Assert.Equal(statuses.Length, statuses.Distinct().Count());
    }

    [Fact]
    public void Every_function_of_the_header_is_an_entry_point_and_no_other()
    {
        IEnumerable<string?> entries = typeof(Exports).GetMethods().Select(method => method.CustomAttributes.FirstOrDefault(attribute => attribute.AttributeType == typeof(UnmanagedCallersOnlyAttribute)))
            .OfType<System.Reflection.CustomAttributeData>()
            .Select(attribute => (string?)attribute.NamedArguments.Single(argument => argument.MemberName == nameof(UnmanagedCallersOnlyAttribute.EntryPoint)).TypedValue.Value);

        Assert.Equal(FunctionLine().Matches(Header).Select(match => (string?)match.Groups[1].Value).Order(), entries.Order());
    }

    [Fact]
    public void Structures_have_no_hidden_room()
    {
        // Padding would hold garbage where a later version has an option.
        Assert.Equal((48, 48, 40, 72), (Unsafe.SizeOf<ClientOptionsData>(), Unsafe.SizeOf<GenerateOptionsData>(), Unsafe.SizeOf<TokenData>(), Unsafe.SizeOf<SummaryData>()));
    }

    private static string InC(string name) => "QWENVL_" + WordStart().Replace(name, "_$0").ToUpperInvariant();

    [GeneratedRegex(@"^    (QWENVL_(?!ROUTE|RESOLUTION|FINISH)\w+) = (\d+),? ", RegexOptions.Multiline)]
    private static partial Regex StatusLine();

    [GeneratedRegex(@"^(?:uint32_t|size_t|int32_t|qwenvl_status) (qwenvl_\w+)\(", RegexOptions.Multiline)]
    private static partial Regex FunctionLine();

    [GeneratedRegex("(?<!^)[A-Z]")]
    private static partial Regex WordStart();
}
