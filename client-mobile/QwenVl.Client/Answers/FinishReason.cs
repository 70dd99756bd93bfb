namespace QwenVl.Client.Answers;

/// <summary>Why an answer ended.</summary>
public enum FinishReason
{
    /// <summary>The model ended it.</summary>
    Stop,

    /// <summary>It reached the most tokens allowed.</summary>
    Length,
}
