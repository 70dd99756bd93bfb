using QwenVl.Engines.Tool.Display;
using Spectre.Console;

namespace QwenVl.Engines.Tool.Evaluation;

/// <summary>Scores by task, and their sums.</summary>
internal static class ScoreTable
{
    public static Table Create(EvaluationReport report)
    {
        Table table = Tables.Create("task", "right", "asked", "share");
        foreach (TableColumn column in table.Columns.Skip(1)) column.RightAligned();
        foreach (Score score in report.Tasks) Add(score, Style.Plain);
        table.AddEmptyRow();
        foreach (Score score in report.Sums) Add(score, new Style(decoration: Decoration.Bold));
        return table;

        void Add(Score score, Style style) => table.AddRow(
            new Text(score.Name, style), new Text(Quantities.Count(score.Right), style), new Text(Quantities.Count(score.Asked), style), new Text(Quantities.Percent(score.Share), style));
    }
}
