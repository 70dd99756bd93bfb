using System.Text;
using QwenVl.Model.Configuration;
using QwenVl.Model.Text;
using QwenVl.Model.Vision;

namespace QwenVl.Model.Prompts;

/// <summary>Renders conversations with the checkpoint's chat template. Safe for concurrent use.</summary>
public sealed class PromptBuilder
{
    private readonly QwenTokenizer _tokenizer;
    private readonly ModelConfig _config;
    private readonly int _start;
    private readonly int _end;

    /// <exception cref="ArgumentException">The tokenizer lacks a token of the template.</exception>
    public PromptBuilder(QwenTokenizer tokenizer, ModelConfig config)
    {
        ArgumentNullException.ThrowIfNull(tokenizer);
        ArgumentNullException.ThrowIfNull(config);
        (_tokenizer, _config) = (tokenizer, config);
        _start = tokenizer.SpecialTokenId("<|im_start|>");
        _end = tokenizer.SpecialTokenId("<|im_end|>");
    }

    /// <summary>Renders the turns and opens the assistant's answer.</summary>
    /// <exception cref="ArgumentException">There is no turn, a system turn is not first, or a turn that is not a user's has pictures.</exception>
    public Prompt Build(IReadOnlyList<ChatTurn> turns)
    {
        ArgumentNullException.ThrowIfNull(turns);
        Check(turns);
        var ids = new List<int>();
        var text = new StringBuilder();
        foreach (ChatTurn turn in turns)
        {
            Add(ids, text, _start);
            text.Append(NameOf(turn.Role)).Append('\n');
            foreach (ImageGrid image in turn.Images)
            {
                Add(ids, text, _config.VisionStartTokenId);
                for (int i = 0; i < image.Tokens; i++) ids.Add(_config.ImageTokenId);
                ids.Add(_config.VisionEndTokenId);
            }

            text.Append(turn.Text);
            Add(ids, text, _end);
            text.Append('\n');
        }

        Add(ids, text, _start);
        ids.AddRange(_tokenizer.Encode("assistant\n"));
        return Complete([.. ids], [.. turns.SelectMany(turn => turn.Images)]);
    }

    private Prompt Complete(int[] ids, ImageGrid[] grids)
    {
        var positions = new int[3 * ids.Length];
        int delta = MropePositions.Compute(ids, _config.ImageTokenId, grids, positions);
        var visual = new int[ids.Length];
        int rows = 0;
        for (int i = 0; i < ids.Length; i++)
            if (ids[i] == _config.ImageTokenId) visual[i] = ++rows;
        return new Prompt(ids, visual, positions, delta, rows);
    }

    /// <summary>Text between two special tokens is encoded in one go: merges cross the seam of template and content.</summary>
    private void Add(List<int> ids, StringBuilder text, int special)
    {
        if (text.Length > 0) ids.AddRange(_tokenizer.Encode(text.ToString()));
        text.Clear();
        ids.Add(special);
    }

    private static void Check(IReadOnlyList<ChatTurn> turns)
    {
        if (turns.Count == 0) throw new ArgumentException("A conversation has at least one turn.", nameof(turns));
        for (int i = 0; i < turns.Count; i++)
        {
            if (turns[i].Role == TurnRole.System && i > 0) throw new ArgumentException($"Turn {i} is a system turn; only the first may be.", nameof(turns));
            if (turns[i].Role != TurnRole.User && turns[i].Images.Count > 0)
                throw new ArgumentException($"Turn {i} ({NameOf(turns[i].Role)}) has pictures; only user turns may.", nameof(turns));
        }
    }

    private static string NameOf(TurnRole role) => role switch
    {
        TurnRole.System => "system",
        TurnRole.User => "user",
        TurnRole.Assistant => "assistant",
        _ => throw new ArgumentOutOfRangeException(nameof(role), role, "Not a role."),
    };
}
