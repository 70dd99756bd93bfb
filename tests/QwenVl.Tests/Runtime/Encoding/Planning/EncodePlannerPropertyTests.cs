using FsCheck.Xunit;
using QwenVl.Tests.Runtime.Queueing;

namespace QwenVl.Tests.Runtime.Encoding.Planning;

public sealed class EncodePlannerPropertyTests
{
    /// <summary>No limit is passed, nothing starves, nothing cancelled or late runs, tenants stay in order, no idle tower lets work wait, every picture ends once.</summary>
    [Property(MaxTest = 400, EndSize = 800)]
    public void A_tower_keeps_its_promises_under_any_schedule(byte[] script, byte batchSize, bool pipelined, byte delay)
    {
        using var schedule = new EncodeSchedule(1 + batchSize % 8, pipelined ? 2 : 1, delay % 3 * 0.005);
        schedule.Run(new Script(script));
    }
}
