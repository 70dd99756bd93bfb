namespace QwenVl.Model.Prompts;

/// <summary>Who says a turn.</summary>
public enum TurnRole
{
    /// <summary>Instructions; first, at most once, without pictures.</summary>
    System,

    /// <summary>The person.</summary>
    User,

    /// <summary>The model.</summary>
    Assistant,
}
