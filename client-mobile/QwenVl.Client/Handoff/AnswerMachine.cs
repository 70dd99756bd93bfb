using QwenVl.Client.Answers;

namespace QwenVl.Client.Handoff;

/// <summary>
/// The states of an answer and the only ways between them. It decides nothing and knows no time: whoever drives an answer
/// says what happened, and what may not happen here is a defect that throws. Driven by one task; any may look.
/// </summary>
internal sealed class AnswerMachine(AnswerState first)
{
    private volatile int _state = (int)first;

    /// <summary>Where the answer stands.</summary>
    public AnswerState State => (AnswerState)_state;

    /// <summary>Whether nothing follows a state.</summary>
    public static bool IsEnd(AnswerState state) => state is AnswerState.Finished or AnswerState.Failed or AnswerState.GivenUp;

    /// <summary>Where an event leads.</summary>
    /// <exception cref="InvalidOperationException">It cannot happen in this state.</exception>
    public static AnswerState Next(AnswerState state, AnswerEvent happened) => (state, happened) switch
    {
        (AnswerState.Asking, AnswerEvent.Asked) => AnswerState.CloudWriting,
        (AnswerState.CloudWriting, AnswerEvent.TakeOverRequested) => AnswerState.TakingOver,
        // A question may carry the index at which the device takes over: then no request precedes the handover.
        (AnswerState.CloudWriting or AnswerState.TakingOver, AnswerEvent.HandedOver) => AnswerState.DeviceWriting,
        (AnswerState.Asking or AnswerState.CloudWriting or AnswerState.TakingOver, AnswerEvent.ServerLost) => AnswerState.Reconnecting,
        (AnswerState.Reconnecting or AnswerState.Paused, AnswerEvent.DeviceGoesOn) => AnswerState.DeviceWriting,
        (AnswerState.Reconnecting or AnswerState.Paused, AnswerEvent.AskAgain) => AnswerState.Asking,
        (AnswerState.DeviceWriting, AnswerEvent.DeviceFailed) => AnswerState.Asking,
        // Asking: every token was there, and only the word that it was the last one is missing.
        (AnswerState.Asking or AnswerState.CloudWriting or AnswerState.TakingOver or AnswerState.DeviceWriting, AnswerEvent.Completed) => AnswerState.Finished,
        ( >= AnswerState.Asking and <= AnswerState.Reconnecting, AnswerEvent.Paused) => AnswerState.Paused,
        ( >= AnswerState.Asking and <= AnswerState.Paused, AnswerEvent.Failed) => AnswerState.Failed,
        ( >= AnswerState.Asking and <= AnswerState.Paused, AnswerEvent.GivenUp) => AnswerState.GivenUp,
        _ => throw new InvalidOperationException($"{happened} cannot happen to an answer that is {state}."),
    };

    /// <summary>Goes where an event leads.</summary>
    /// <exception cref="InvalidOperationException">It cannot happen in this state.</exception>
    public void Fire(AnswerEvent happened) => _state = (int)Next(State, happened);
}
