using System.Text.Json;

namespace QwenVl.Benchmarks.Gpu.Recorded;

/// <summary>A plan with one run of it: what went in, and what the process that built it got out.</summary>
/// <param name="PlanPath">The plan.</param>
/// <param name="Tensors">All inputs and outputs.</param>
internal sealed record RecordedRun(string PlanPath, IReadOnlyList<RecordedTensor> Tensors)
{
    /// <summary>Reads NAME.plan, NAME.golden.json (a list of name, shape, offset, bytes) and NAME.golden.bin.</summary>
    /// <exception cref="FileNotFoundException">One of the three is missing.</exception>
    public static RecordedRun Read(string planPath)
    {
        string name = Path.Combine(Path.GetDirectoryName(Path.GetFullPath(planPath))!, Path.GetFileNameWithoutExtension(planPath));
        byte[] all = File.ReadAllBytes(name + ".golden.bin");
        using JsonDocument json = JsonDocument.Parse(File.ReadAllBytes(name + ".golden.json"));
        var tensors = new List<RecordedTensor>();
        foreach (JsonElement entry in json.RootElement.EnumerateArray())
        {
            int offset = entry.GetProperty("offset").GetInt32(), length = entry.GetProperty("bytes").GetInt32();
            long[] shape = [.. entry.GetProperty("shape").EnumerateArray().Select(dimension => dimension.GetInt64())];
            tensors.Add(new RecordedTensor(entry.GetProperty("name").GetString()!, shape, all[offset..(offset + length)]));
        }

        return File.Exists(planPath) ? new RecordedRun(planPath, tensors) : throw new FileNotFoundException($"There is no plan {planPath}.", planPath);
    }
}
