namespace QwenVl.Engines.Tool.Evaluation;

/// <summary>How many of some questions were answered right.</summary>
/// <param name="Name">Which questions: a kind, or a task of a kind.</param>
/// <param name="Right">Right ones.</param>
/// <param name="Asked">All.</param>
internal sealed record Score(string Name, int Right, int Asked)
{
    public double Share => Asked == 0 ? 0 : (double)Right / Asked;
}
