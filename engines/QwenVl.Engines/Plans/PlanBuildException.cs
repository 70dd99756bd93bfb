namespace QwenVl.Engines.Plans;

/// <summary>TensorRT refused a graph or failed to build its plan. The message is one line that names the graph, the node where TensorRT names it, and what TensorRT said.</summary>
public sealed class PlanBuildException : Exception
{
    /// <param name="message">One line.</param>
    public PlanBuildException(string message) : base(message)
    {
    }

    /// <param name="message">One line.</param>
    /// <param name="innerException">What TensorRT's wrapper threw.</param>
    public PlanBuildException(string message, Exception innerException) : base(message, innerException)
    {
    }

    internal static PlanBuildException Of(string graph, Exception problem) =>
        new($"{graph}: {string.Join(' ', problem.Message.Split((char[]?)['\r', '\n'], StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))}", problem);
}
