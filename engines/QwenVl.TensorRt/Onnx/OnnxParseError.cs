using System.Globalization;

namespace QwenVl.TensorRt.Onnx;

/// <summary>One thing that the parser found wrong.</summary>
/// <param name="Code">What kind of error.</param>
/// <param name="Description">The parser's own words.</param>
/// <param name="NodeIndex">The node's place in the graph; null if the error is of no node.</param>
/// <param name="NodeName">The node's name, if it has one.</param>
/// <param name="Operator">The node's operator.</param>
public sealed record OnnxParseError(OnnxErrorCode Code, string Description, int? NodeIndex, string? NodeName, string? Operator)
{
    /// <summary>For example "node 3 'attention' (Attention): UnsupportedNode: ...".</summary>
    public override string ToString()
    {
        string node = NodeIndex is int index ? string.Create(CultureInfo.InvariantCulture, $"node {index} ") : "";
        string name = NodeName is null ? "" : $"'{NodeName}' ";
        string at = Operator is null ? node + name : $"{node}{name}({Operator}) ";
        return $"{(at.Length == 0 ? "" : at.TrimEnd() + ": ")}{Code}: {Description}";
    }
}
