namespace QwenVl.Benchmarks.Load.Scenarios;

/// <summary>The shape of a network between client and server.</summary>
/// <param name="Name">What it is called in reports.</param>
/// <param name="Weight">Its share, relative to the other networks.</param>
/// <param name="UpKbps">Thousand bits a second towards the server; 0: no limit.</param>
/// <param name="DownKbps">Thousand bits a second towards the client; 0: no limit.</param>
/// <param name="RoundTripMs">Added to every round trip.</param>
/// <param name="StallRatio">The share of segments whose delivery stalls, as TCP shows a lost one.</param>
/// <param name="StallMs">How long it stalls.</param>
internal sealed record NetworkOptions(string Name, double Weight, double UpKbps, double DownKbps, double RoundTripMs, double StallRatio, double StallMs)
{
    /// <summary>Whether the connection is as the machine gives it.</summary>
    public bool IsDirect => this is { UpKbps: 0, DownKbps: 0, RoundTripMs: 0, StallRatio: 0 };
}
