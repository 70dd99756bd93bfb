namespace QwenVl.Model.Manifest;

/// <summary>One graph's plan.</summary>
/// <param name="Bytes">The file's length.</param>
/// <param name="Precision">What it computes in; weights are held so too.</param>
/// <param name="Seconds">How long its build took.</param>
public sealed record EnginePlan(long Bytes, WeightFormat Precision, double Seconds);
