using System.Globalization;

namespace QwenVl.Pictures.Sets;

/// <summary>A folder of pictures with their questions.</summary>
public static class PictureSet
{
    /// <summary>The file that lists the pictures, a line each: file, kind, width, height and qa.</summary>
    public const string ListName = "pictures.jsonl";

    /// <summary>Draws a set into a folder: NNNNN.jpg or NNNNN.png each, and last of all the list.</summary>
    /// <param name="options">Which pictures.</param>
    /// <param name="folder">Created where it is missing; files of the same names are replaced.</param>
    /// <param name="progress">Receives how many pictures are done.</param>
    /// <param name="cancel">Stops between two pictures, before the list is written.</param>
    public static void Write(PictureSetOptions options, string folder, IProgress<int>? progress = null, CancellationToken cancel = default)
    {
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(folder);
        Directory.CreateDirectory(folder);
        using var generator = new PictureGenerator(options.Fonts, options.Pictures);
        string list = Path.Combine(folder, ListName), unfinished = list + ".part";
        using (FileStream lines = File.Create(unfinished))
        {
            for (int index = 0; index < options.Count; index++)
            {
                cancel.ThrowIfCancellationRequested();
                DrawnPicture picture = generator.Draw(options.Seed, index, options.Split, (PictureKind)(index % 3));
                string file = index.ToString("D5", CultureInfo.InvariantCulture) + (picture.IsPng ? ".png" : ".jpg");
                File.WriteAllBytes(Path.Combine(folder, file), picture.Encoded.Span);
                lines.Write(PictureJson.Line(writer =>
                {
                    writer.WriteString("file", file);
                    writer.WriteString("kind", PictureJson.Name(picture.Kind));
                    writer.WriteNumber("width", picture.Width);
                    writer.WriteNumber("height", picture.Height);
                    PictureJson.Questions(writer, picture.Questions);
                }));
                lines.WriteByte((byte)'\n');
                progress?.Report(index + 1);
            }
        }

        File.Move(unfinished, list, overwrite: true);
    }
}
