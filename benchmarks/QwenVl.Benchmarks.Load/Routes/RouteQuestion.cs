using QwenVl.Engines.Tool.Evaluation;

namespace QwenVl.Benchmarks.Load.Routes;

/// <summary>A question about a picture.</summary>
/// <param name="Picture">The picture's name.</param>
/// <param name="Jpeg">Its file's bytes.</param>
/// <param name="Asked">What is asked, and what is right.</param>
internal sealed record RouteQuestion(string Picture, byte[] Jpeg, AskedQuestion Asked)
{
    private const int MostPictures = 100_000;

    /// <summary>Draws questions from a folder of pictures: a picture each, until all pictures had one.</summary>
    /// <param name="folder">As <c>qwenvl-engines draw</c> writes it.</param>
    /// <param name="count">How many.</param>
    /// <param name="seed">Which.</param>
    public static IReadOnlyList<RouteQuestion> Draw(string folder, int count, int seed)
    {
        var random = new Random(seed);
        AskedPicture[] pictures = [.. PictureList.Read(folder, MostPictures)];
        random.Shuffle(pictures);
        var questions = new List<RouteQuestion>();
        for (int i = 0; i < count; i++)
        {
            AskedPicture picture = pictures[i % pictures.Length];
            questions.Add(new RouteQuestion(picture.File, File.ReadAllBytes(Path.Combine(folder, picture.File)), picture.Qa[random.Next(picture.Qa.Length)]));
        }

        return questions;
    }
}
