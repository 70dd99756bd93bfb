using QwenVl.Model.Prompts;
using QwenVl.Model.Sampling;
using QwenVl.Model.Vision;
using QwenVl.Protos.V1;
using QwenVl.Runtime.Errors;
using QwenVl.Runtime.Queueing;

namespace QwenVl.Server.Streaming;

/// <summary>From the wire's questions to the model's terms.</summary>
internal static class AskMapping
{
    // At 1024 each may be over a thousand tokens: that many would not fit where they fit at 512.
    private const int MostAutoPictures = 4;

    /// <summary>The area budget of a question's pictures; null for what each needs, which is left to each where there are few.</summary>
    public static long? MaxPixels(Resolution resolution, int pictures) => resolution switch
    {
        Resolution._512 => SmartResize.Pixels512,
        Resolution._1024 => SmartResize.Pixels1024,
        _ => pictures > MostAutoPictures ? SmartResize.Pixels512 : null,
    };

    /// <summary>How urgent a question is.</summary>
    /// <exception cref="RequestException">It names no priority that there is.</exception>
    public static RequestPriority PriorityOf(Ask ask) => ask.Priority switch
    {
        Priority.Unspecified or Priority.Interactive => RequestPriority.Interactive,
        Priority.Batch => RequestPriority.Batch,
        _ => throw RequestException.Invalid(RequestReason.BadRequest, $"Priority {(int)ask.Priority} is unknown."),
    };

    /// <summary>The picture ids of a conversation, in the order of its prompt.</summary>
    public static IReadOnlyList<uint> ImageIds(Ask ask) => [.. ask.History.SelectMany(turn => turn.ImageIds), .. ask.ImageIds];

    /// <summary>The conversation.</summary>
    /// <param name="ask">The question.</param>
    /// <param name="grids">The grids of <see cref="ImageIds"/>.</param>
    public static List<ChatTurn> Turns(Ask ask, IReadOnlyList<ImageGrid> grids)
    {
        var turns = new List<ChatTurn>(ask.History.Count + 1);
        int next = 0;
        foreach (Turn turn in ask.History)
        {
            turns.Add(new ChatTurn(RoleOf(turn.Role), turn.Text, [.. grids.Skip(next).Take(turn.ImageIds.Count)]));
            next += turn.ImageIds.Count;
        }

        turns.Add(new ChatTurn(TurnRole.User, ask.Prompt, [.. grids.Skip(next)]));
        return turns;
    }

    /// <summary>How tokens are chosen.</summary>
    /// <exception cref="RequestException">A value is out of range.</exception>
    public static SamplingParameters Sampling(Sampling? sampling)
    {
        if (sampling is null) return SamplingParameters.Greedy;
        var parameters = new SamplingParameters
        {
            Temperature = sampling.Temperature,
            TopP = sampling.TopP == 0 ? 1 : sampling.TopP,
            TopK = sampling.TopK,
            RepetitionPenalty = sampling.RepetitionPenalty == 0 ? 1 : sampling.RepetitionPenalty,
            Seed = sampling.Seed,
        };
        return parameters.Problem is { } problem ? throw RequestException.Invalid(RequestReason.BadSampling, $"Sampling: {problem}.") : parameters;
    }

    private static TurnRole RoleOf(Turn.Types.Role role) => role switch
    {
        Turn.Types.Role.System => TurnRole.System,
        Turn.Types.Role.User => TurnRole.User,
        Turn.Types.Role.Assistant => TurnRole.Assistant,
        _ => throw RequestException.Invalid(RequestReason.BadConversation, "A turn of the history has no role."),
    };
}
