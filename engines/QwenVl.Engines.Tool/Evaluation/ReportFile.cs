using System.Text.Encodings.Web;
using System.Text.Json;

namespace QwenVl.Engines.Tool.Evaluation;

/// <summary>Writes a report as JSON, whole or not at all.</summary>
internal static class ReportFile
{
    // Answers are in many scripts: they are to be read by people too.
    private static readonly EvaluationJson Json = new(new JsonSerializerOptions(EvaluationJson.Default.Options) { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping });

    public static void Write(string path, EvaluationReport report)
    {
        string partial = $"{path}.{Guid.NewGuid():N}.partial";
        try
        {
            File.WriteAllBytes(partial, JsonSerializer.SerializeToUtf8Bytes(report, Json.EvaluationReport));
            File.Move(partial, path, overwrite: true);
        }
        catch
        {
            File.Delete(partial);
            throw;
        }
    }
}
