using QwenVl.Model.Vision;

namespace QwenVl.Model.Prompts;

/// <summary>One turn of a conversation.</summary>
/// <param name="Role">Who says it.</param>
/// <param name="Text">What is said, plain text: nothing in it is special.</param>
/// <param name="Images">The grids of the turn's pictures, which come before its text.</param>
public sealed record ChatTurn(TurnRole Role, string Text, IReadOnlyList<ImageGrid> Images)
{
    /// <summary>A user's turn.</summary>
    public static ChatTurn User(string text, params IReadOnlyList<ImageGrid> images) => new(TurnRole.User, text, images);

    /// <summary>A model's turn.</summary>
    public static ChatTurn Assistant(string text) => new(TurnRole.Assistant, text, []);
}
