using System.Runtime.InteropServices;
using QwenVl.Engines.Graphs;
using QwenVl.Model.Checkpoints;

namespace QwenVl.Engines.Weights;

/// <summary>A checkpoint's tensors as values of a graph: large ones by reference, small ones inside.</summary>
internal sealed class GraphWeights(GraphBuilder graph, Checkpoint checkpoint, IWeightStore store)
{
    private readonly Dictionary<string, Value> _placed = new(StringComparer.Ordinal);

    public Checkpoint Checkpoint => checkpoint;

    /// <summary>The type of a tensor in the checkpoint.</summary>
    public ElementType TypeOf(string name) => checkpoint.Get(name).Type switch
    {
        TensorType.BFloat16 => ElementType.BFloat16,
        TensorType.Float16 => ElementType.Float16,
        _ => ElementType.Float32,
    };

    /// <summary>A tensor by reference, in its own type and shape.</summary>
    public Value Stored(string name)
    {
        if (_placed.TryGetValue(name, out Value value)) return value;
        TensorEntry tensor = checkpoint.Get(name);
        value = graph.External(name, (int)TypeOf(name), tensor.Shape, store.Place(tensor));
        _placed.Add(name, value);
        return value;
    }

    /// <summary>A tensor by reference, cast where it is of another type.</summary>
    public Value Stored(string name, ElementType type)
    {
        if (TypeOf(name) == type) return Stored(name);
        string key = $"{name} as {type}";
        if (!_placed.TryGetValue(key, out Value value)) _placed.Add(key, value = graph.Cast(Stored(name), type));
        return value;
    }

    /// <summary>Rows of a table as it is, cast where it is of another type: a cast of the whole would cost a copy of it.</summary>
    public Value Rows(string table, Value indexes, ElementType type)
    {
        Value rows = graph.Gather(Stored(table), indexes);
        return TypeOf(table) == type ? rows : graph.Cast(rows, type);
    }

    /// <summary>A small tensor inside the graph, as float32.</summary>
    public Value Vector(string name)
    {
        string key = name + " inline";
        if (_placed.TryGetValue(key, out Value value)) return value;
        TensorEntry tensor = checkpoint.Get(name);
        var numbers = new float[tensor.Count];
        checkpoint.ReadFloats(tensor, 0, numbers);
        value = graph.Inline(name, ElementType.Float32, MemoryMarshal.AsBytes<float>(numbers), [.. tensor.Shape]);
        _placed.Add(key, value);
        return value;
    }
}
