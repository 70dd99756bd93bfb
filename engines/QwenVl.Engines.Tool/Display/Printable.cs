namespace QwenVl.Engines.Tool.Display;

/// <summary>A model may write what a terminal would obey: in a line of results no control character stays.</summary>
internal static class Printable
{
    public static string Of(string text) =>
        string.Create(text.Length, text, (output, input) =>
        {
            for (int i = 0; i < input.Length; i++) output[i] = char.IsControl(input[i]) ? '\ufffd' : input[i];
        });
}
