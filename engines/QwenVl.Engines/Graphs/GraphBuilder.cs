using System.Globalization;
using System.Runtime.InteropServices;
using Google.Protobuf;
using QwenVl.Engines.Onnx;

namespace QwenVl.Engines.Graphs;

/// <summary>Builds one ONNX graph, node by node in the order of execution.</summary>
internal sealed class GraphBuilder(string name, int opset)
{
    private const int LastOpsetOfIrVersion9 = 20;
    private const string ContribDomain = "com.microsoft";

    private readonly GraphProto _graph = new() { Name = name };
    private readonly Dictionary<string, int> _names = new(StringComparer.Ordinal);
    private readonly Dictionary<string, Value> _constants = new(StringComparer.Ordinal);
    private string _scope = "";
    private bool _usesContrib;

    /// <summary>What new nodes' names begin with.</summary>
    public void EnterScope(string scope) => _scope = scope;

    public Value Input(string input, ElementType type, params ReadOnlySpan<Dimension> shape)
    {
        _graph.Input.Add(Describe(input, type, shape));
        return new Value(input);
    }

    public void Output(string output, Value value, ElementType type, params ReadOnlySpan<Dimension> shape)
    {
        _graph.Node.Add(new NodeProto { Name = output, OpType = "Identity", Input = { value.Name }, Output = { output } });
        _graph.Output.Add(Describe(output, type, shape));
    }

    /// <summary>Declares an output that a node of several outputs has already named.</summary>
    public void DeclareOutput(string output, ElementType type, params ReadOnlySpan<Dimension> shape) => _graph.Output.Add(Describe(output, type, shape));

    public Value Node(string op, ReadOnlySpan<Value> inputs, params ReadOnlySpan<NodeAttribute> attributes) => Add("", op, inputs, [Unique(op)], attributes);

    /// <summary>A node whose output is the graph's, under a given name: no copy lies between them.</summary>
    public Value OutputNode(string output, string op, ReadOnlySpan<Value> inputs, params ReadOnlySpan<NodeAttribute> attributes) => Add("", op, inputs, [output], attributes);

    /// <summary>A node of several outputs.</summary>
    public Value[] Nodes(string op, ReadOnlySpan<Value> inputs, int outputs, params ReadOnlySpan<NodeAttribute> attributes)
    {
        string stem = Unique(op);
        string[] names = [.. Enumerable.Range(0, outputs).Select(i => string.Create(CultureInfo.InvariantCulture, $"{stem}.{i}"))];
        Add("", op, inputs, names, attributes);
        return [.. names.Select(output => new Value(output))];
    }

    /// <summary>A node of ONNX Runtime's own operators.</summary>
    public Value ContribNode(string op, ReadOnlySpan<Value> inputs, params ReadOnlySpan<NodeAttribute> attributes) => Add(ContribDomain, op, inputs, [Unique(op)], attributes);

    /// <summary>A node of ONNX Runtime's own operators whose further outputs are the graph's.</summary>
    public Value ContribNode(string op, ReadOnlySpan<Value> inputs, ReadOnlySpan<string> furtherOutputs, params ReadOnlySpan<NodeAttribute> attributes) =>
        Add(ContribDomain, op, inputs, [Unique(op), .. furtherOutputs], attributes);

    public Value External(string initializer, int elementType, IReadOnlyList<long> shape, ExternalData data)
    {
        var tensor = new TensorProto { Name = initializer, DataType = elementType, DataLocation = TensorProto.Types.DataLocation.External };
        tensor.Dims.AddRange(shape);
        AddEntry("location", data.Location);
        AddEntry("offset", data.Offset.ToString(CultureInfo.InvariantCulture));
        AddEntry("length", data.Length.ToString(CultureInfo.InvariantCulture));
        _graph.Initializer.Add(tensor);
        return new Value(initializer);

        void AddEntry(string key, string value) => tensor.ExternalData.Add(new StringStringEntryProto { Key = key, Value = value });
    }

    public Value Inline(string initializer, ElementType type, ReadOnlySpan<byte> bytes, params ReadOnlySpan<long> shape)
    {
        var tensor = new TensorProto { Name = initializer, DataType = (int)type, RawData = ByteString.CopyFrom(bytes) };
        foreach (long dimension in shape) tensor.Dims.Add(dimension);
        _graph.Initializer.Add(tensor);
        return new Value(initializer);
    }

    /// <summary>A constant list of whole numbers; equal lists are one initializer.</summary>
    public Value Longs(params ReadOnlySpan<long> values)
    {
        string key = "i64[" + string.Join(',', values.ToArray()) + "]";
        if (!_constants.TryGetValue(key, out Value value))
            _constants.Add(key, value = Inline(key, ElementType.Int64, MemoryMarshal.AsBytes(values), values.Length));
        return value;
    }

    /// <summary>A constant whole number without dimensions.</summary>
    public Value Long(long number)
    {
        string key = string.Create(CultureInfo.InvariantCulture, $"i64({number})");
        if (!_constants.TryGetValue(key, out Value value))
            _constants.Add(key, value = Inline(key, ElementType.Int64, MemoryMarshal.AsBytes([number])));
        return value;
    }

    /// <summary>A constant number without dimensions; equal numbers are one initializer.</summary>
    public Value Float(float number)
    {
        string key = string.Create(CultureInfo.InvariantCulture, $"f32({number:R})");
        if (!_constants.TryGetValue(key, out Value value))
            _constants.Add(key, value = Inline(key, ElementType.Float32, MemoryMarshal.AsBytes([number])));
        return value;
    }

    public Value Floats(string initializer, ReadOnlySpan<float> values, params ReadOnlySpan<long> shape) =>
        Inline(initializer, ElementType.Float32, MemoryMarshal.AsBytes(values), shape);

    public ModelProto Build(string producerVersion)
    {
        var model = new ModelProto
        {
            IrVersion = opset <= LastOpsetOfIrVersion9 ? 9 : 10,
            ProducerName = "qwenvl-engines",
            ProducerVersion = producerVersion,
            Graph = _graph,
            OpsetImport = { new OperatorSetIdProto { Version = opset } },
        };
        if (_usesContrib) model.OpsetImport.Add(new OperatorSetIdProto { Domain = ContribDomain, Version = 1 });
        return model;
    }

    private Value Add(string domain, string op, ReadOnlySpan<Value> inputs, string[] outputs, ReadOnlySpan<NodeAttribute> attributes)
    {
        var node = new NodeProto { Name = outputs[0], OpType = op, Domain = domain };
        foreach (Value input in inputs) node.Input.Add(input.Name ?? "");
        node.Output.AddRange(outputs);
        foreach (NodeAttribute attribute in attributes) node.Attribute.Add(attribute.ToProto());
        _graph.Node.Add(node);
        _usesContrib |= domain.Length > 0;
        return new Value(outputs[0]);
    }

    private string Unique(string op)
    {
        string stem = _scope.Length == 0 ? op : $"{_scope}.{op}";
        int count = _names.GetValueOrDefault(stem);
        _names[stem] = count + 1;
        return count == 0 ? stem : string.Create(CultureInfo.InvariantCulture, $"{stem}_{count}");
    }

    private static ValueInfoProto Describe(string value, ElementType type, ReadOnlySpan<Dimension> shape)
    {
        var dimensions = new TensorShapeProto();
        foreach (Dimension dimension in shape)
        {
            dimensions.Dim.Add(dimension.Name is null
                ? new TensorShapeProto.Types.Dimension { DimValue = dimension.Length }
                : new TensorShapeProto.Types.Dimension { DimParam = dimension.Name });
        }

        return new ValueInfoProto { Name = value, Type = new TypeProto { TensorType = new TypeProto.Types.Tensor { ElemType = (int)type, Shape = dimensions } } };
    }
}
