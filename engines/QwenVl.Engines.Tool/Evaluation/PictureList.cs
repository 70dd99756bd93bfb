using System.Text.Json;
using QwenVl.Pictures.Sets;

namespace QwenVl.Engines.Tool.Evaluation;

/// <summary>Reads the list of a folder of drawn pictures.</summary>
internal static class PictureList
{
    /// <param name="folder">As <c>draw</c> writes it.</param>
    /// <param name="atMost">Pictures; the first of the list.</param>
    /// <exception cref="ToolException">The list or a picture is missing, or a line is none of the list's.</exception>
    public static IReadOnlyList<AskedPicture> Read(string folder, int atMost)
    {
        string path = Path.Combine(folder, PictureSet.ListName);
        if (!File.Exists(path)) throw new ToolException($"{path}: missing; name a folder that draw has written.");
        var pictures = new List<AskedPicture>();
        foreach (string line in File.ReadLines(path).Take(atMost))
        {
            AskedPicture picture = Parse(path, pictures.Count + 1, line);
            string file = Path.Combine(folder, picture.File);
            if (!File.Exists(file)) throw new ToolException($"{file}: missing, though line {pictures.Count + 1} of {PictureSet.ListName} names it.");
            pictures.Add(picture);
        }

        return pictures;
    }

    private static AskedPicture Parse(string path, int number, string line)
    {
        try
        {
            if (JsonSerializer.Deserialize(line, EvaluationJson.Default.AskedPicture) is { File: not null, Kind: not null, Qa: not null } picture) return picture;
        }
        catch (JsonException problem)
        {
            throw new ToolException($"{path}: line {number} is not JSON of a picture ({problem.Message})", problem);
        }

        throw new ToolException($"{path}: line {number} lacks file, kind or qa.");
    }
}
