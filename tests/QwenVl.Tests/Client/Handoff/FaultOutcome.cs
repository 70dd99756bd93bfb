using QwenVl.Client;
using QwenVl.Client.Answers;

namespace QwenVl.Tests.Client.Handoff;

/// <summary>How an answer under faults ended.</summary>
/// <param name="State">Finished, failed or given up.</param>
/// <param name="Error">Why it failed.</param>
/// <param name="Reconnects">How often the server was asked again.</param>
internal sealed record FaultOutcome(AnswerState State, QwenVlException? Error, int Reconnects)
{
    /// <summary>Faults that were done to its streams.</summary>
    public int Faults { get; init; }
}
