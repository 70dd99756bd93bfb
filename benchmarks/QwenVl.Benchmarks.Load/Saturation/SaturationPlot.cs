using QwenVl.Benchmarks.Load.Reports;
using ScottPlot;

namespace QwenVl.Benchmarks.Load.Saturation;

/// <summary>The curve as a picture: what was got over what was asked for.</summary>
internal static class SaturationPlot
{
    private const int Width = 900;
    private const int Height = 420;

    /// <summary>Draws it as PNG and SVG.</summary>
    /// <param name="curve">The curve.</param>
    /// <param name="path">The files' path without their endings.</param>
    public static void Write(SaturationCurve curve, string path)
    {
        PlotFonts.Ensure();
        var plot = new Plot();
        double[] rates = [.. curve.Steps.Select(step => step.Rate)];
        plot.Add.Scatter(rates, [.. curve.Steps.Select(step => step.GoodPerSecond)]).LegendText = "goodput";
        plot.Add.Scatter(rates, [.. curve.Steps.Select(step => step.CompletedPerSecond)]).LegendText = "completed";
        if (curve.Knee is { } knee) plot.Add.VerticalLine(knee.Rate).LegendText = "knee";
        plot.Title(curve.Scenario);
        plot.XLabel("requests due a second");
        plot.YLabel("a second");
        plot.ShowLegend(Alignment.UpperLeft);
        plot.SavePng($"{path}.png", Width, Height);
        plot.SaveSvg($"{path}.svg", Width, Height);
    }
}
