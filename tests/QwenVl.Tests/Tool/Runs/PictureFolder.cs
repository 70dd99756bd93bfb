using System.Text.Json.Nodes;
using QwenVl.Tests.Client.Fakes;

namespace QwenVl.Tests.Tool.Runs;

/// <summary>A folder like those that draw writes, of one picture a kind.</summary>
internal static class PictureFolder
{
    public static readonly (string Kind, string Task, string Prompt)[] Questions =
    [
        ("sign", "read", "What is written on the sign?"),
        ("sign", "translate", "What is that in German?"),
        ("scene", "count", "How many shapes are there?"),
        ("point", "point", "Where is it?"),
    ];

    /// <param name="folder">Made.</param>
    /// <param name="answers">The right answers, one for each of <see cref="Questions"/>.</param>
    public static void Write(string folder, IReadOnlyList<string> answers)
    {
        Directory.CreateDirectory(folder);
        var lines = new List<string>();
        foreach (IGrouping<string, (string Kind, string Task, string Prompt, string Answer)> picture in Questions
            .Zip(answers, (question, answer) => (question.Kind, question.Task, question.Prompt, Answer: answer)).GroupBy(question => question.Kind))
        {
            File.WriteAllBytes(Path.Combine(folder, picture.Key + ".png"), TestPictures.Image.Bytes.Span);
            lines.Add(new JsonObject
            {
                ["file"] = picture.Key + ".png",
                ["kind"] = picture.Key,
                ["width"] = TestPictures.Width,
                ["height"] = TestPictures.Height,
                ["qa"] = new JsonArray([.. picture.Select(question => new JsonObject { ["task"] = question.Task, ["prompt"] = question.Prompt, ["answer"] = question.Answer })]),
            }.ToJsonString());
        }

        File.WriteAllLines(Path.Combine(folder, "pictures.jsonl"), lines);
    }
}
