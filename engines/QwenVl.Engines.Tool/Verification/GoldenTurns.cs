using System.Text.RegularExpressions;
using QwenVl.Model.Prompts;
using QwenVl.Model.Vision;

namespace QwenVl.Engines.Tool.Verification;

/// <summary>Reads a rendered prompt back into the conversation that it is, so that it can be rendered again and compared.</summary>
internal static partial class GoldenTurns
{
    public static IReadOnlyList<ChatTurn> Parse(GoldenCase golden)
    {
        var pictures = new Queue<ImageGrid>(golden.ImageGrids);
        return [.. Turn().Matches(golden.Prompt).Select(match => new ChatTurn(
            match.Groups["role"].Value switch
            {
                "user" => TurnRole.User,
                "assistant" => TurnRole.Assistant,
                _ => TurnRole.System,
            },
            match.Groups["text"].Value,
            [.. match.Groups["picture"].Captures.Select(_ => pictures.TryDequeue(out ImageGrid grid) ? grid : throw new ToolException($"cases.json: {golden.Name} has more pictures in its prompt than grids."))]))];
    }

    // The opening of the answer, which has no end, is no turn.
    [GeneratedRegex(@"<\|im_start\|>(?<role>\w+)\n(?<picture><\|vision_start\|>(?:<\|image_pad\|>)*<\|vision_end\|>)*(?<text>.*?)<\|im_end\|>", RegexOptions.Singleline | RegexOptions.ExplicitCapture)]
    private static partial Regex Turn();
}
