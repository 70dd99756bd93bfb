using QwenVl.Client.Transport;
using QwenVl.Model.Execution;
using QwenVl.Model.Vision;

namespace QwenVl.Client.Handoff;

/// <summary>
/// A picture's feature rows, from the first to the last as they come. One thread adds rows; another may read those that
/// have come, while others are written: they share no row.
/// </summary>
internal sealed class ArrivingFeatures
{
    private readonly Pulse _pulse = new();
    private volatile int _ready;

    /// <param name="grid">The picture's size in patches.</param>
    /// <param name="rows">Room for its rows.</param>
    public ArrivingFeatures(ImageGrid grid, VisualRows rows) => (Grid, Rows) = (grid, rows);

    /// <summary>The picture's size in patches.</summary>
    public ImageGrid Grid { get; }

    /// <summary>All rows; only the first <see cref="Ready"/> of each plane are what they should be.</summary>
    public VisualRows Rows { get; }

    /// <summary>Rows that have come.</summary>
    public int Ready => _ready;

    /// <summary>Whether all have.</summary>
    public bool IsComplete => _ready == Rows.Rows;

    /// <summary>Features that are there already.</summary>
    public static ArrivingFeatures Of(ImageFeatures features)
    {
        var arriving = new ArrivingFeatures(features.Grid, VisualRows.Join([features]));
        arriving.Add(features.Tokens);
        return arriving;
    }

    /// <summary>Says that more rows have been written.</summary>
    public void Add(int rows)
    {
        _ready += rows;
        _pulse.Fire();
    }

    /// <summary>Waits until more rows have come than a number of them.</summary>
    public async ValueTask WaitBeyondAsync(int rows, CancellationToken cancellationToken)
    {
        while (true)
        {
            Task changed = _pulse.Next;
            if (_ready > rows) return;
            await changed.WaitAsync(cancellationToken).ConfigureAwait(false);
        }
    }

    /// <summary>A copy of all rows as the picture's own.</summary>
    public ImageFeatures ToFeatures()
    {
        int length = Rows.Rows * Rows.Width;
        var values = new float[(1 + Rows.TapCount) * length];
        for (int plane = 0; plane <= Rows.TapCount; plane++)
            Rows.Values.AsSpan((plane * (1 + Rows.Rows) + 1) * Rows.Width, length).CopyTo(values.AsSpan(plane * length));
        return new ImageFeatures(Grid, Rows.Width, Rows.TapCount, values);
    }
}
