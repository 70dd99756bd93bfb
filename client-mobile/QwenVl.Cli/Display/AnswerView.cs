using QwenVl.Client.Answers;
using Spectre.Console;

namespace QwenVl.Cli.Display;

/// <summary>Shows an answer as it comes, each writer's tokens in its colour.</summary>
internal static class AnswerView
{
    /// <summary>The server's colour.</summary>
    public static Style Cloud { get; } = new(Color.DeepSkyBlue1);

    /// <summary>The device's colour.</summary>
    public static Style Device { get; } = new(Color.Chartreuse2);

    /// <summary>Writes the tokens, then ends the line.</summary>
    /// <returns>The whole answer's summary.</returns>
    public static async Task<AnswerSummary> ShowAsync(Answer answer, IAnsiConsole console, CancellationToken cancellationToken)
    {
        await using (answer)
        {
            bool any = false;
            try
            {
                await foreach (AnswerToken token in answer.WithCancellation(cancellationToken))
                {
                    if (token.Text.Length == 0) continue;
                    console.Write(new Text(Printable(token.Text), token.Source == TokenSource.Cloud ? Cloud : Device));
                    any = true;
                }
            }
            finally
            {
                if (any) console.WriteLine();
            }

            return await answer.GetSummaryAsync(cancellationToken);
        }
    }

    /// <summary>A model may write what a terminal would obey: control characters are shown as replaced.</summary>
    internal static string Printable(string text) =>
        string.Create(text.Length, text, (output, input) =>
        {
            for (int i = 0; i < input.Length; i++) output[i] = char.IsControl(input[i]) && input[i] is not ('\n' or '\t') ? '\ufffd' : input[i];
        });
}
