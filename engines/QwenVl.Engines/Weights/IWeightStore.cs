using QwenVl.Engines.Graphs;
using QwenVl.Model.Checkpoints;

namespace QwenVl.Engines.Weights;

/// <summary>Decides where a graph finds a tensor's bytes.</summary>
internal interface IWeightStore
{
    /// <summary>The place of a tensor's bytes as they are in the checkpoint.</summary>
    ExternalData Place(TensorEntry tensor);
}
