using QwenVl.Engines.Building;
using Spectre.Console;

namespace QwenVl.Engines.Tool.Display;

/// <summary>A bar that says which stage runs and how far it is; nothing where nobody watches. May be reported to from any thread.</summary>
internal sealed class ProgressLine(string what, ProgressTask? task) : IProgress<EngineBuildProgress>
{
    public void Report(EngineBuildProgress value) => Report(value.Stage, value.Fraction);

    public void Report(string stage, double fraction)
    {
        if (task is null) return;
        task.Description = Markup.Escape($"{what}: {stage}");
        task.Value = fraction;
    }
}
