namespace QwenVl.Benchmarks.Load.Routes;

/// <summary>What else the server has to do.</summary>
/// <param name="Name">What it is called in reports.</param>
/// <param name="Clients">Others that ask for answers by the server alone, each the next question as soon as it has an answer; 0: none.</param>
internal sealed record LoadChoice(string Name, int Clients);
