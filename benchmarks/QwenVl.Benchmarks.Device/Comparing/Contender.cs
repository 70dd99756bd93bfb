using System.Diagnostics;
using System.Text.Json;
using QwenVl.Benchmarks.Device.Speed;

namespace QwenVl.Benchmarks.Device.Comparing;

/// <summary>A program that measures one decoder and prints a line of JSON.</summary>
/// <param name="Name">What the table calls it.</param>
/// <param name="Weights">The file of its weights.</param>
/// <param name="Program">The program.</param>
/// <param name="Arguments">Its arguments.</param>
internal sealed record Contender(string Name, string Weights, string Program, IReadOnlyList<string> Arguments)
{
    public const string Llama = "llama.cpp Q4_0";

    /// <exception cref="BenchmarkException">It failed; what it said is in the message.</exception>
    public async Task<SpeedResult> RunAsync(CancellationToken cancellationToken)
    {
        var start = new ProcessStartInfo(Program, Arguments) { RedirectStandardOutput = true, RedirectStandardError = true };
        using Process process = Process.Start(start) ?? throw new BenchmarkException($"{Program} did not start.");
        Task<string> output = process.StandardOutput.ReadToEndAsync(cancellationToken), errors = process.StandardError.ReadToEndAsync(cancellationToken);
        await process.WaitForExitAsync(cancellationToken);
        string? line = (await output).Split('\n').LastOrDefault(text => text.StartsWith('{'));
        if (process.ExitCode != 0 || line is null) throw new BenchmarkException($"{Name} failed: {await errors}");
        return JsonSerializer.Deserialize(line, SpeedJson.Default.SpeedResult)!;
    }
}
