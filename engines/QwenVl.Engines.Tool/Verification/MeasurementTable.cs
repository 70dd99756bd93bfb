using QwenVl.Engines.Tool.Display;
using Spectre.Console;

namespace QwenVl.Engines.Tool.Verification;

/// <summary>Differences beside their limits.</summary>
internal static class MeasurementTable
{
    public static Table Create(IEnumerable<Measurement> measurements)
    {
        Table table = Tables.Create("what", "of", "difference", "limit", "");
        table.Columns[2].RightAligned();
        table.Columns[3].RightAligned();
        foreach (Measurement measurement in measurements)
        {
            (string verdict, Style style) = measurement switch
            {
                { Limit: null } => ("no limit", new Style(decoration: Decoration.Dim)),
                { Passes: true } => ("within", new Style(Color.Green)),
                _ => ("OVER", new Style(Color.Red, decoration: Decoration.Bold)),
            };
            table.AddRow(new Text(measurement.What), new Text(measurement.Of), new Text(measurement.Shown), new Text(measurement.ShownLimit), new Text(verdict, style));
        }

        return table;
    }
}
