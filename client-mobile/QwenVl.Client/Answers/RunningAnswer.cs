using System.Threading.Channels;
using QwenVl.Client.Routing;

namespace QwenVl.Client.Answers;

/// <summary>What an answer's holder and the client share of it.</summary>
/// <param name="Tokens">The tokens as they come.</param>
/// <param name="State">Where it stands.</param>
/// <param name="Gate">Pauses it.</param>
/// <param name="Decision">Who answers and why, where that was decided.</param>
/// <param name="Summary">Its end.</param>
/// <param name="Stop">Gives it up; disposed at its end.</param>
internal sealed record RunningAnswer(ChannelReader<AnswerToken> Tokens, Func<AnswerState> State, PauseGate Gate, RouteDecision? Decision, Task<AnswerSummary> Summary, CancellationTokenSource Stop);
