using QwenVl.Client;
using QwenVl.Client.Images;
using QwenVl.Engines.Tool.Evaluation;
using QwenVl.Model.Prompts;
using QwenVl.Model.Vision;

namespace QwenVl.Engines.Tool.Verification.Parity;

/// <summary>Prepares pictures and the first question about each.</summary>
internal static class ParityQuestions
{
    // What decoding may take of memory: far more than any drawn picture has.
    private const long MostPixels = 100_000_000;

    // Neighbours get other sizes, so that a batch mixes them and every profile of a plan is run.
    private static readonly long[] Areas = [SmartResize.Pixels512, 256 * 256, SmartResize.Pixels1024, 768 * 768];

    /// <param name="folder">As <c>draw</c> writes it.</param>
    /// <param name="pictures">From its list.</param>
    /// <param name="prompts">The checkpoint's template.</param>
    /// <param name="cancellationToken">Ends the work early.</param>
    /// <exception cref="ToolException">A picture cannot be read, or nothing is asked about it.</exception>
    public static async Task<IReadOnlyList<ParityQuestion>> ReadAsync(string folder, IReadOnlyList<AskedPicture> pictures, PromptBuilder prompts, CancellationToken cancellationToken)
    {
        var questions = new List<ParityQuestion>();
        foreach (AskedPicture picture in pictures)
        {
            if (picture.Qa.Length == 0) throw new ToolException($"{folder}: nothing is asked about {picture.File}; give it a question, or leave its line out.");
            ClientImage file = await ClientImage.FromFileAsync(Path.Combine(folder, picture.File), cancellationToken);
            ImagePatches patches = Prepare(picture.File, file, Areas[questions.Count % Areas.Length]);
            questions.Add(new ParityQuestion(picture.File, patches, prompts.Build([ChatTurn.User(picture.Qa[0].Prompt, patches.Grid)])));
        }

        return questions;
    }

    // Smaller pictures are enlarged: to less than the area, because both sides are rounded up then.
    private static ImagePatches Prepare(string name, ClientImage file, long area)
    {
        try
        {
            return ImagePreprocessor.Prepare(ImageDecoder.Decode(file, MostPixels), area, Math.Max(SmartResize.DefaultMinPixels, area * 3 / 4));
        }
        catch (Exception problem) when (problem is QwenVlException or ArgumentException)
        {
            throw new ToolException($"{name}: {problem.Message}", problem);
        }
    }
}
