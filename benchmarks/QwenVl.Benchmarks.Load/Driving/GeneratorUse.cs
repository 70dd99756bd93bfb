using System.Diagnostics;

namespace QwenVl.Benchmarks.Load.Driving;

/// <summary>How much of the machine this program takes: on a machine that the server shares, that is missing there.</summary>
internal sealed class GeneratorUse : IDisposable
{
    private readonly Process _process = Process.GetCurrentProcess();
    private readonly TimeSpan _before;

    private GeneratorUse() => _before = _process.TotalProcessorTime;

    /// <summary>Processor cores in use, mean.</summary>
    public double Cores { get; private set; }

    /// <summary>Begins to count.</summary>
    public static GeneratorUse Begin() => new();

    /// <summary>Ends to count.</summary>
    public void End(TimeSpan elapsed)
    {
        _process.Refresh();
        Cores = (_process.TotalProcessorTime - _before) / elapsed;
    }

    /// <inheritdoc/>
    public void Dispose() => _process.Dispose();
}
