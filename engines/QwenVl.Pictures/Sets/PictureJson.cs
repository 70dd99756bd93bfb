using System.Text.Encodings.Web;
using System.Text.Json;

namespace QwenVl.Pictures.Sets;

/// <summary>How lines of pictures.jsonl and of shards are written: no reflection, every script as it is.</summary>
internal static class PictureJson
{
    private static readonly JsonWriterOptions Options = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>One line, without its end.</summary>
    public static byte[] Line(Action<Utf8JsonWriter> content)
    {
        using var stream = new MemoryStream();
        using (var writer = new Utf8JsonWriter(stream, Options))
        {
            writer.WriteStartObject();
            content(writer);
            writer.WriteEndObject();
        }

        return stream.ToArray();
    }

    public static void Questions(Utf8JsonWriter writer, IReadOnlyList<QuestionAnswer> questions)
    {
        writer.WriteStartArray("qa");
        foreach (QuestionAnswer question in questions)
        {
            writer.WriteStartObject();
            writer.WriteString("task", question.Task);
            writer.WriteString("prompt", question.Prompt);
            writer.WriteString("answer", question.Answer);
            writer.WriteEndObject();
        }

        writer.WriteEndArray();
    }

    public static string Name(PictureKind kind) => kind switch
    {
        PictureKind.Sign => "sign",
        PictureKind.Scene => "scene",
        _ => "point",
    };
}
