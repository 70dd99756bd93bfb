using Microsoft.ML.OnnxRuntime;
using QwenVl.Model.Configuration;

namespace QwenVl.Tests.Engines.Dialects;

/// <summary>The caches of a run's sequences as the two TensorRT dialects take and give them.</summary>
/// <param name="text">The decoder's shape.</param>
/// <param name="capacity">Rows of a cache that is written in place; null where past rows go in and new rows come out.</param>
/// <param name="noise">Fills what is no sequence's.</param>
internal sealed class CacheTensors(TextConfig text, int? capacity, Random noise)
{
    private int Heads => text.KeyValueHeads;

    /// <param name="sequences">One a batch row.</param>
    /// <param name="past">Rows that go in.</param>
    /// <param name="active">Rows of a cache in place that attention reads.</param>
    public IEnumerable<(string, OrtValue)> Inputs(TensorRtSequence[] sequences, int past, int active)
    {
        int rows = capacity ?? past;
        long[] lengths = [.. sequences.Select(sequence => (long)sequence.Length)];
        yield return (capacity is null ? "past_lengths" : "write_indices", OrtValue.CreateTensorValueFromMemory(lengths, [lengths.Length]));
        if (capacity is not null) yield return ("active_rows", OrtValue.CreateTensorValueFromMemory(Enumerable.Range(0, active).Select(row => (long)row).ToArray(), [active]));
        for (int i = 0; i < 2 * text.Layers; i++)
        {
            float[] values = new float[sequences.Length * Heads * rows * text.HeadDim];
            Array.Fill(values, (float)(noise.NextDouble() * 200 - 100));
            for (int slot = 0; slot < sequences.Length * Heads; slot++)
                sequences[slot / Heads].Rows(i * Heads + slot % Heads).CopyTo(values.AsSpan(slot * rows * text.HeadDim));
            yield return (Name(i), OrtValue.CreateTensorValueFromMemory(values, [sequences.Length, Heads, rows, text.HeadDim]));
        }
    }

    /// <summary>Appends each sequence's new rows to it, before its length grows.</summary>
    public void Keep(TensorRtSequence[] sequences, int[] counts, int tokens, GraphRunner.RunOutputs outputs)
    {
        for (int i = 0; i < 2 * text.Layers; i++)
        {
            float[] values = outputs.Floats(capacity is null ? "new_key_values" : "new_" + Name(i));
            for (int slot = 0; slot < sequences.Length * Heads; slot++)
            {
                int batch = slot / Heads, head = i * Heads + slot % Heads, all = 2 * text.Layers * Heads;
                int start = capacity is { } rows ? slot * rows + sequences[batch].Length : (batch * all + head) * tokens;
                values.AsSpan(start * text.HeadDim, counts[batch] * text.HeadDim).CopyTo(sequences[batch].After(head, counts[batch]));
            }
        }
    }

    private string Name(int i)
    {
        string kind = i % 2 == 0 ? "key" : "value";
        return capacity is null ? $"past_{kind}.{i / 2}" : $"{kind}_cache.{i / 2}";
    }
}
