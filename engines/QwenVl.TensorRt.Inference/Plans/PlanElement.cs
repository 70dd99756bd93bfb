namespace QwenVl.TensorRt.Inference.Plans;

/// <summary>The number formats of what goes into plans and comes out.</summary>
internal enum PlanElement
{
    UInt8,
    Int32,
    Int64,
    Float32,
    Float16,
    BFloat16,
}
