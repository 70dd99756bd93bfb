using System.Collections.Concurrent;
using QwenVl.Model.Configuration;

namespace QwenVl.Model.Vision;

/// <summary>Keeps the tables of the grids seen last. Safe for concurrent use.</summary>
public sealed class VisionTableCache(VisionConfig config, int capacity = 64)
{
    private readonly ConcurrentDictionary<ImageGrid, VisionTables> _tables = new();

    /// <summary>The tables of a grid, computed when they are not held.</summary>
    public VisionTables Get(ImageGrid grid)
    {
        if (_tables.TryGetValue(grid, out VisionTables? tables)) return tables;
        // Grids are few in practice; where they are not, starting over bounds the memory and costs milliseconds.
        if (_tables.Count >= capacity) _tables.Clear();
        return _tables.GetOrAdd(grid, static (key, vision) => VisionTables.Create(vision, key), config);
    }
}
