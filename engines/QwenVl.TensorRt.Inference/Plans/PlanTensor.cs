namespace QwenVl.TensorRt.Inference.Plans;

/// <summary>One input or output of a plan.</summary>
/// <param name="Name">Its name.</param>
/// <param name="IsInput">Whether it goes in.</param>
/// <param name="Element">Its number format.</param>
/// <param name="Shape">Its lengths, outermost first; −1 where a run decides.</param>
internal sealed record PlanTensor(string Name, bool IsInput, PlanElement Element, IReadOnlyList<long> Shape)
{
    /// <summary>Bytes of one number.</summary>
    public int ElementBytes => Element switch
    {
        PlanElement.UInt8 => 1,
        PlanElement.Float16 or PlanElement.BFloat16 => 2,
        PlanElement.Int32 or PlanElement.Float32 => 4,
        _ => 8,
    };
}
