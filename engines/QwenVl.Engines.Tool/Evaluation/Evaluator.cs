using System.Text;
using QwenVl.Client;
using QwenVl.Client.Answers;
using QwenVl.Client.Images;
using QwenVl.Engines.Tool.Display;

namespace QwenVl.Engines.Tool.Evaluation;

/// <summary>Asks the questions of a folder of pictures, greedily, as an application would.</summary>
internal sealed class Evaluator(QwenVlClient client, Route route, PictureResolution resolution)
{
    // What runs on beyond the right answer is wrong whatever follows.
    private const int TokensBeyond = 4;

    /// <param name="folder">The pictures' folder.</param>
    /// <param name="pictures">What is asked.</param>
    /// <param name="given">Is told of each answer; may be null.</param>
    /// <param name="progress">Is told of each picture.</param>
    /// <param name="cancellationToken">Ends the work early.</param>
    public async Task<ScoreCount> RunAsync(string folder, IReadOnlyList<AskedPicture> pictures, Action<GivenAnswer>? given, ProgressLine progress, CancellationToken cancellationToken)
    {
        var count = new ScoreCount();
        for (int i = 0; i < pictures.Count; i++)
        {
            progress.Report(pictures[i].File, (double)i / pictures.Count);
            ClientImage image = await ClientImage.FromFileAsync(Path.Combine(folder, pictures[i].File), cancellationToken);
            int? visualTokens = null;
            foreach (AskedQuestion question in pictures[i].Qa)
            {
                (List<int> ids, AnswerSummary summary) = await AskAsync(image, question, cancellationToken);
                count.Add(pictures[i], question, summary.Text);
                given?.Invoke(new GivenAnswer(pictures[i].File, question.Task, question.Prompt, ids, summary.Text));
                visualTokens = summary.VisualTokens;
            }

            count.Saw(visualTokens);
        }

        return count;
    }

    private async Task<(List<int> Ids, AnswerSummary Summary)> AskAsync(ClientImage image, AskedQuestion question, CancellationToken cancellationToken)
    {
        var options = new GenerateOptions
        {
            Route = route,
            Resolution = resolution,
            // No token is shorter than a byte, so the right answer always fits.
            MaxNewTokens = Encoding.UTF8.GetByteCount(question.Answer) + TokensBeyond,
        };
        await using Answer answer = await client.GenerateAsync(image, question.Prompt, options, cancellationToken);
        var ids = new List<int>();
        await foreach (AnswerToken token in answer.WithCancellation(cancellationToken)) ids.Add(token.Id);
        return (ids, await answer.GetSummaryAsync(cancellationToken));
    }
}
