namespace QwenVl.Benchmarks.Load.Routes;

/// <summary>What it takes to give a picture to a decoder.</summary>
/// <param name="Network">Over which network, or on the device.</param>
/// <param name="Resolution">The pixels a side of the budget.</param>
/// <param name="What">The JPEG up, features down in one of the encodings, or the device's own tower.</param>
/// <param name="Bytes">On the way; 0 where there is none.</param>
/// <param name="MedianMs">How long it took.</param>
internal sealed record Transfer(string Network, int Resolution, string What, long Bytes, double MedianMs);
