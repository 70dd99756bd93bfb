using QwenVl.Model.Vision;

namespace QwenVl.Model.Prompts;

/// <summary>The three position streams of interleaved MRoPE.</summary>
public static class MropePositions
{
    /// <summary>
    /// Text advances all three axes by one a token. A picture's token at (row, column) of the merged grid is at
    /// (start, start + row, start + column); after it everything goes on at start + the grid's longer merged side.
    /// </summary>
    /// <param name="ids">The sequence.</param>
    /// <param name="imageTokenId">The id of a visual token.</param>
    /// <param name="grids">The grids of the pictures, in the order of their runs in <paramref name="ids"/>.</param>
    /// <param name="positions">Receives [3, ids.Length].</param>
    /// <returns>The delta: one more than the largest position, less the number of tokens.</returns>
    /// <exception cref="ArgumentException">Visual tokens and grids do not match, or <paramref name="positions"/> has another length.</exception>
    public static int Compute(ReadOnlySpan<int> ids, int imageTokenId, IReadOnlyList<ImageGrid> grids, Span<int> positions)
    {
        ArgumentNullException.ThrowIfNull(grids);
        if (positions.Length != 3 * ids.Length) throw new ArgumentException($"{positions.Length} positions for {ids.Length} tokens; three a token are needed.", nameof(positions));
        Span<int> time = positions[..ids.Length], height = positions.Slice(ids.Length, ids.Length), width = positions[(2 * ids.Length)..];
        int next = 0, image = 0;
        for (int at = 0; at < ids.Length;)
        {
            if (ids[at] != imageTokenId)
            {
                time[at] = height[at] = width[at] = next++;
                at++;
                continue;
            }

            if (image == grids.Count) throw new ArgumentException($"More visual tokens than the {grids.Count} pictures have.", nameof(ids));
            ImageGrid grid = grids[image++];
            if (at + grid.Tokens > ids.Length || ids.Slice(at, grid.Tokens).ContainsAnyExcept(imageTokenId))
                throw new ArgumentException($"Picture {image} of grid {grid} has fewer than {grid.Tokens} visual tokens.", nameof(ids));
            int columns = grid.Width / ImageGrid.MergeSize;
            for (int i = 0; i < grid.Tokens; i++)
                (time[at + i], height[at + i], width[at + i]) = (next, next + i / columns, next + i % columns);
            at += grid.Tokens;
            next += Math.Max(grid.Height, grid.Width) / ImageGrid.MergeSize;
        }

        if (image != grids.Count) throw new ArgumentException($"{grids.Count} pictures, but visual tokens of {image}.", nameof(grids));
        return next - ids.Length;
    }
}
