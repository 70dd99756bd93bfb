namespace QwenVl.Runtime.Decoding.Planning;

/// <summary>A sequence that may take part in a step.</summary>
internal interface IStepCandidate
{
    /// <summary>Tokens of prompt and given answer that are still to be fed; 0 once it decodes.</summary>
    int PrefillTokens { get; }

    /// <summary>The step that it last took part in, or entered at; the planner's to write.</summary>
    long LastStep { get; set; }
}
