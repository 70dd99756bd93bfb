namespace QwenVl.Runtime.Decoding.Planning;

/// <summary>A sequence that may take part in a step.</summary>
internal interface IStepCandidate
{
    /// <summary>Tokens of prompt and given answer that are still to be fed; 0 once it decodes.</summary>
    int PrefillTokens { get; }

    /// <summary>Its latest turn, or the latest of all when it entered; the planner's to write.</summary>
    long LastTurn { get; set; }
}
