namespace QwenVl.Client.Routing;

/// <summary>What a prompt asks for, as far as it says how long the answer will be and how much of the picture it needs.</summary>
public enum PromptKind
{
    /// <summary>Anything else.</summary>
    Question,

    /// <summary>What is written in the picture.</summary>
    Reading,

    /// <summary>A description, which is long.</summary>
    Description,
}
