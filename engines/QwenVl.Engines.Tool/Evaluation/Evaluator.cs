using System.Text;
using QwenVl.Client;
using QwenVl.Client.Answers;
using QwenVl.Client.Images;
using QwenVl.Engines.Tool.Display;

namespace QwenVl.Engines.Tool.Evaluation;

/// <summary>Asks the questions of a folder of pictures, greedily, as an application would.</summary>
/// <param name="client">Whom to ask.</param>
/// <param name="route">By which route.</param>
/// <param name="resolution">What is seen of a picture.</param>
/// <param name="features">Where the pictures' features come from; null leaves it to the route.</param>
internal sealed class Evaluator(QwenVlClient client, Route route, PictureResolution resolution, WrittenFeatures? features = null)
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
            CloudFeatures? known = features?.Of(image);
            int? visualTokens = null;
            foreach (AskedQuestion question in pictures[i].Qa)
            {
                (List<int> ids, AnswerSummary summary) = await AskAsync(image, known, question, cancellationToken);
                count.Add(pictures[i], question, summary.Text);
                given?.Invoke(new GivenAnswer(pictures[i].File, question.Task, question.Prompt, ids, summary.Text));
                visualTokens = known?.Features.Tokens ?? summary.VisualTokens;
            }

            count.Saw(visualTokens);
        }

        return count;
    }

    private async Task<(List<int> Ids, AnswerSummary Summary)> AskAsync(ClientImage image, CloudFeatures? known, AskedQuestion question, CancellationToken cancellationToken)
    {
        var options = new GenerateOptions
        {
            Route = route,
            Resolution = resolution,
            // No token is shorter than a byte, so the right answer always fits.
            MaxNewTokens = Encoding.UTF8.GetByteCount(question.Answer) + TokensBeyond,
        };
        await using Answer answer = await (known is null
            ? client.GenerateAsync(image, question.Prompt, options, cancellationToken)
            : client.GenerateAsync(image, known, question.Prompt, options, cancellationToken));
        var ids = new List<int>();
        await foreach (AnswerToken token in answer.WithCancellation(cancellationToken)) ids.Add(token.Id);
        return (ids, await answer.GetSummaryAsync(cancellationToken));
    }
}
