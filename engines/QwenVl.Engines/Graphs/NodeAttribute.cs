using Google.Protobuf;
using QwenVl.Engines.Onnx;

namespace QwenVl.Engines.Graphs;

/// <summary>One attribute of a node.</summary>
internal readonly record struct NodeAttribute(string Name, object Value)
{
    public static implicit operator NodeAttribute((string Name, long Value) attribute) => new(attribute.Name, attribute.Value);

    public static implicit operator NodeAttribute((string Name, float Value) attribute) => new(attribute.Name, attribute.Value);

    public static implicit operator NodeAttribute((string Name, string Value) attribute) => new(attribute.Name, attribute.Value);

    public static implicit operator NodeAttribute((string Name, long[] Value) attribute) => new(attribute.Name, attribute.Value);

    public AttributeProto ToProto() => Value switch
    {
        long number => new AttributeProto { Name = Name, Type = AttributeProto.Types.AttributeType.Int, I = number },
        float number => new AttributeProto { Name = Name, Type = AttributeProto.Types.AttributeType.Float, F = number },
        string text => new AttributeProto { Name = Name, Type = AttributeProto.Types.AttributeType.String, S = ByteString.CopyFromUtf8(text) },
        long[] numbers => new AttributeProto { Name = Name, Type = AttributeProto.Types.AttributeType.Ints, Ints = { numbers } },
        _ => throw new InvalidOperationException($"Attribute {Name} is of no type that is written."),
    };
}
