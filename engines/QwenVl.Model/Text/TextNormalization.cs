using System.Text;

namespace QwenVl.Model.Text;

/// <summary>Unicode normalisation form C, which .NET leaves undone without a word when globalization is invariant.</summary>
internal static class TextNormalization
{
    // Set by a program that carries no ICU, as on Android, and is given text in form C by its caller.
    private const string DoneByCallerSwitch = "QwenVl.Model.TextIsNormalized";

    private static readonly bool IsDoneByCaller = AppContext.TryGetSwitch(DoneByCallerSwitch, out bool done) && done;

    // The ohm sign becomes a capital omega wherever normalisation works.
    private static readonly bool IsAvailable = "\u2126".Normalize(NormalizationForm.FormC) == "\u03a9";

    /// <summary>The text in form C; lone surrogates become U+FFFD, as they have no UTF-8 form.</summary>
    /// <exception cref="PlatformNotSupportedException">The program runs in globalization-invariant mode and the text is not ASCII.</exception>
    public static string ToNfc(string text)
    {
        if (System.Text.Ascii.IsValid(text)) return text;
        if (IsDoneByCaller) return WithoutLoneSurrogates(text);
        if (!IsAvailable)
            throw new PlatformNotSupportedException("Text cannot be normalised in globalization-invariant mode. Install ICU (libicu) and unset DOTNET_SYSTEM_GLOBALIZATION_INVARIANT.");
        return WithoutLoneSurrogates(text).Normalize(NormalizationForm.FormC);
    }

    private static string WithoutLoneSurrogates(string text)
    {
        for (int at = 0; at < text.Length; at++)
        {
            if (!char.IsSurrogate(text[at])) continue;
            if (at + 1 < text.Length && char.IsSurrogatePair(text[at], text[at + 1])) at++;
            else return string.Concat(text.EnumerateRunes());
        }

        return text;
    }
}
