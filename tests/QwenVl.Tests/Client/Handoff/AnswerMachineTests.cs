using QwenVl.Client.Answers;
using QwenVl.Client.Handoff;

namespace QwenVl.Tests.Client.Handoff;

public sealed class AnswerMachineTests
{
    /// <summary>Every edge that there is; what is not here is illegal.</summary>
    private static readonly Dictionary<(AnswerState, AnswerEvent), AnswerState> Edges = new()
    {
        [(AnswerState.Asking, AnswerEvent.Asked)] = AnswerState.CloudWriting,
        [(AnswerState.Asking, AnswerEvent.ServerLost)] = AnswerState.Reconnecting,
        [(AnswerState.Asking, AnswerEvent.Completed)] = AnswerState.Finished,
        [(AnswerState.Asking, AnswerEvent.Paused)] = AnswerState.Paused,
        [(AnswerState.Asking, AnswerEvent.Failed)] = AnswerState.Failed,
        [(AnswerState.Asking, AnswerEvent.GivenUp)] = AnswerState.GivenUp,
        [(AnswerState.CloudWriting, AnswerEvent.TakeOverRequested)] = AnswerState.TakingOver,
        [(AnswerState.CloudWriting, AnswerEvent.HandedOver)] = AnswerState.DeviceWriting,
        [(AnswerState.CloudWriting, AnswerEvent.ServerLost)] = AnswerState.Reconnecting,
        [(AnswerState.CloudWriting, AnswerEvent.Completed)] = AnswerState.Finished,
        [(AnswerState.CloudWriting, AnswerEvent.Paused)] = AnswerState.Paused,
        [(AnswerState.CloudWriting, AnswerEvent.Failed)] = AnswerState.Failed,
        [(AnswerState.CloudWriting, AnswerEvent.GivenUp)] = AnswerState.GivenUp,
        [(AnswerState.TakingOver, AnswerEvent.HandedOver)] = AnswerState.DeviceWriting,
        [(AnswerState.TakingOver, AnswerEvent.ServerLost)] = AnswerState.Reconnecting,
        [(AnswerState.TakingOver, AnswerEvent.Completed)] = AnswerState.Finished,
        [(AnswerState.TakingOver, AnswerEvent.Paused)] = AnswerState.Paused,
        [(AnswerState.TakingOver, AnswerEvent.Failed)] = AnswerState.Failed,
        [(AnswerState.TakingOver, AnswerEvent.GivenUp)] = AnswerState.GivenUp,
        [(AnswerState.DeviceWriting, AnswerEvent.DeviceFailed)] = AnswerState.Asking,
        [(AnswerState.DeviceWriting, AnswerEvent.Completed)] = AnswerState.Finished,
        [(AnswerState.DeviceWriting, AnswerEvent.Paused)] = AnswerState.Paused,
        [(AnswerState.DeviceWriting, AnswerEvent.Failed)] = AnswerState.Failed,
        [(AnswerState.DeviceWriting, AnswerEvent.GivenUp)] = AnswerState.GivenUp,
        [(AnswerState.Reconnecting, AnswerEvent.DeviceGoesOn)] = AnswerState.DeviceWriting,
        [(AnswerState.Reconnecting, AnswerEvent.AskAgain)] = AnswerState.Asking,
        [(AnswerState.Reconnecting, AnswerEvent.Paused)] = AnswerState.Paused,
        [(AnswerState.Reconnecting, AnswerEvent.Failed)] = AnswerState.Failed,
        [(AnswerState.Reconnecting, AnswerEvent.GivenUp)] = AnswerState.GivenUp,
        [(AnswerState.Paused, AnswerEvent.DeviceGoesOn)] = AnswerState.DeviceWriting,
        [(AnswerState.Paused, AnswerEvent.AskAgain)] = AnswerState.Asking,
        [(AnswerState.Paused, AnswerEvent.Failed)] = AnswerState.Failed,
        [(AnswerState.Paused, AnswerEvent.GivenUp)] = AnswerState.GivenUp,
    };

    public static TheoryData<AnswerState> States => [.. Enum.GetValues<AnswerState>()];

    [Theory]
    [MemberData(nameof(States))]
    public void An_event_leads_where_the_table_says_or_is_refused(AnswerState state)
    {
        foreach (AnswerEvent happened in Enum.GetValues<AnswerEvent>())
        {
            var machine = new AnswerMachine(state);
            if (Edges.TryGetValue((state, happened), out AnswerState next))
            {
                machine.Fire(happened);
                Assert.Equal(next, machine.State);
            }
            else
            {
                Assert.Throws<InvalidOperationException>(() => machine.Fire(happened));
                Assert.Equal(state, machine.State);
            }
        }
    }

    [Theory]
    [MemberData(nameof(States))]
    public void Every_state_but_an_end_can_be_given_up(AnswerState state) =>
        Assert.Equal(AnswerMachine.IsEnd(state), !Edges.ContainsKey((state, AnswerEvent.GivenUp)));
}
