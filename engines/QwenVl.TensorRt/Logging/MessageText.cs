using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;

namespace QwenVl.TensorRt.Logging;

/// <summary>
/// TensorRT's messages as text for people. TensorRT 10.6 writes the numbers of a version as bare bytes into one of them;
/// control characters other than line breaks and tabs are shown as <c>\x05</c>, so that no terminal obeys them.
/// </summary>
internal static partial class MessageText
{
    public static string Of(ReadOnlySpan<byte> utf8) =>
        Controls.Replace(Encoding.UTF8.GetString(utf8), static match => string.Create(CultureInfo.InvariantCulture, $"\\x{(int)match.ValueSpan[0]:x2}"));

    [GeneratedRegex("[\\p{Cc}-[\\n\\t]]")]
    private static partial Regex Controls { get; }
}
