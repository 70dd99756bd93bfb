using System.Text;
using System.Text.Json;

namespace QwenVl.Engines.Tool.Evaluation;

/// <summary>Writes every answer, a line of JSON each; the file appears when all are there.</summary>
internal sealed class AnswerFile(string path) : IDisposable
{
    private static readonly EvaluationJson Json = new(new JsonSerializerOptions(EvaluationJson.Readable.Options) { WriteIndented = false });

    private readonly string _partial = $"{path}.{Guid.NewGuid():N}.partial";
    private StreamWriter? _writer;

    public void Add(GivenAnswer answer)
    {
        _writer ??= new StreamWriter(_partial, append: false, new UTF8Encoding(encoderShouldEmitUTF8Identifier: false)) { NewLine = "\n" };
        _writer.WriteLine(JsonSerializer.Serialize(answer, Json.GivenAnswer));
    }

    /// <summary>Makes the file appear.</summary>
    public void Publish()
    {
        if (_writer is null) return;
        _writer.Dispose();
        _writer = null;
        File.Move(_partial, path, overwrite: true);
    }

    public void Dispose()
    {
        if (_writer is null) return;
        _writer.Dispose();
        File.Delete(_partial);
    }
}
