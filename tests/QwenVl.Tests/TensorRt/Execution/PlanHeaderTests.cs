using QwenVl.TensorRt;
using QwenVl.TensorRt.Execution;

namespace QwenVl.Tests.TensorRt.Execution;

public sealed class PlanHeaderTests
{
    private static readonly TensorRtVersion Version = new(TensorRtProduct.TensorRt, 10, 6, 0);

    [Fact]
    public void A_plan_tells_its_version_and_length()
    {
        byte[] plan = File.ReadAllBytes(NvidiaLibraries.DecoderPlan);

        Assert.Equal(new PlanHeader(Version, plan.Length), PlanHeader.Read(plan));
        PlanHeader.Check(plan, plan.Length, Version);
    }

    [Fact]
    public void A_plan_that_is_cut_off_or_of_the_other_product_is_refused()
    {
        byte[] plan = File.ReadAllBytes(NvidiaLibraries.DecoderPlan);

        Assert.Throws<TensorRtException>(() => PlanHeader.Check(plan, plan.Length - 1, Version));
        Assert.Throws<TensorRtException>(() => PlanHeader.Check(plan, plan.Length, new TensorRtVersion(TensorRtProduct.TensorRtRtx, 1, 7, 1)));
    }

    [Fact]
    public void A_plan_of_another_version_or_of_unknown_beginning_is_left_to_TensorRT()
    {
        byte[] plan = File.ReadAllBytes(NvidiaLibraries.DecoderPlan);

        PlanHeader.Check(plan, plan.Length, new TensorRtVersion(TensorRtProduct.TensorRt, 11, 0, 0));
        PlanHeader.Check(new byte[100], 100, Version);
    }
}
