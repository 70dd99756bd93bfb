using System.Text;
using QwenVl.Client;
using QwenVl.Client.Answers;
using QwenVl.Client.Images;
using QwenVl.Engines.Tool.Display;

namespace QwenVl.Engines.Tool.Evaluation;

/// <summary>Asks the questions of a folder of pictures, greedily, as an application would.</summary>
internal sealed class Evaluator(QwenVlClient client, Route route)
{
    // What runs on beyond the right answer is wrong whatever follows.
    private const int TokensBeyond = 4;

    public async Task<ScoreCount> RunAsync(string folder, IReadOnlyList<AskedPicture> pictures, ProgressLine progress, CancellationToken cancellationToken)
    {
        var count = new ScoreCount();
        for (int i = 0; i < pictures.Count; i++)
        {
            progress.Report(pictures[i].File, (double)i / pictures.Count);
            ClientImage image = await ClientImage.FromFileAsync(Path.Combine(folder, pictures[i].File), cancellationToken);
            foreach (AskedQuestion question in pictures[i].Qa)
                count.Add(pictures[i], question, await AskAsync(image, question, cancellationToken));
        }

        return count;
    }

    private async Task<string> AskAsync(ClientImage image, AskedQuestion question, CancellationToken cancellationToken)
    {
        var options = new GenerateOptions
        {
            Route = route,
            // A server might choose otherwise, and its score would be of another question.
            Resolution = PictureResolution.Pixels512,
            // No token is shorter than a byte, so the right answer always fits.
            MaxNewTokens = Encoding.UTF8.GetByteCount(question.Answer) + TokensBeyond,
        };
        await using Answer answer = await client.GenerateAsync(image, question.Prompt, options, cancellationToken);
        return (await answer.GetSummaryAsync(cancellationToken)).Text;
    }
}
