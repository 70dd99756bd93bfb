namespace QwenVl.Engines.Tool.Evaluation;

/// <summary>What an evaluation found.</summary>
/// <param name="Answerer">Who answered: an engine's folder or a server's address.</param>
/// <param name="Pictures">The folder of the pictures.</param>
/// <param name="PictureCount">How many of them were asked about.</param>
/// <param name="Seconds">How long it took.</param>
/// <param name="Tasks">By task, in the order of their kinds.</param>
/// <param name="Sums">By kind: signs, scenes, pointing.</param>
/// <param name="VisualTokens">Tokens of all pictures, each counted once; null where whoever answered did not say.</param>
/// <param name="Wrong">Every wrong answer.</param>
/// <param name="Features">What writing features for the wire did to them; null where none were written.</param>
internal sealed record EvaluationReport(string Answerer, string Pictures, int PictureCount, double Seconds, IReadOnlyList<Score> Tasks, IReadOnlyList<Score> Sums, long? VisualTokens, IReadOnlyList<WrongAnswer> Wrong, FeatureScore? Features = null);
