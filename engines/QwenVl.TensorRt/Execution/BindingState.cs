namespace QwenVl.TensorRt.Execution;

/// <summary>
/// What a context has been told: addresses and input shapes. An enqueue that would make TensorRT read what is not there is
/// refused here. Allocates only when it refuses.
/// </summary>
internal sealed class BindingState(TensorRtEngine engine)
{
    private readonly nint[] _addresses = new nint[engine.Tensors.Count];
    private readonly TensorShape[] _shapes = new TensorShape[engine.Tensors.Count];
    private readonly bool[] _shaped = new bool[engine.Tensors.Count];
    private readonly (int Output, int Input)[] _aliases =
        [.. engine.Tensors.Where(tensor => tensor.AliasedInput is not null).Select(tensor => (tensor.Index, engine.Tensor(tensor.AliasedInput!).Index))];

    private bool _complete;

    public int Profile { get; private set; }

    /// <summary>Shapes belong to a profile; addresses stay.</summary>
    public void SetProfile(int profile)
    {
        Profile = profile;
        Array.Clear(_shaped);
        _complete = false;
    }

    public void SetAddress(EngineTensor tensor, nint address) => _addresses[tensor.Index] = address;

    public void SetShape(EngineTensor tensor, TensorShape shape)
    {
        _shapes[tensor.Index] = shape;
        _shaped[tensor.Index] = true;
    }

    public bool HasShape(EngineTensor tensor, in TensorShape shape) => _shaped[tensor.Index] && _shapes[tensor.Index] == shape;

    /// <exception cref="ArgumentException">The tensor is an output, or the shape is none that its profile allows.</exception>
    public void CheckShape(EngineTensor tensor, in TensorShape shape)
    {
        if (tensor.Mode is not TensorMode.Input) throw new ArgumentException($"'{tensor.Name}' is an output: its shape follows from the inputs'.");
        if (shape.Rank != tensor.Shape.Rank) throw new ArgumentException($"'{tensor.Name}' has {tensor.Shape.Rank} dimensions, {tensor.Shape}; {shape} has {shape.Rank}.");
        ShapeRange range = engine.Range(tensor, Profile);
        if (!range.Contains(shape)) throw new ArgumentException($"'{tensor.Name}' may be {range} in profile {Profile}, not {shape}.");
    }

    /// <exception cref="InvalidOperationException">An input has no shape yet.</exception>
    public void RequireShapes()
    {
        foreach (EngineTensor tensor in engine.Tensors)
        {
            if (tensor.IsDynamicInput && !_shaped[tensor.Index])
                throw new InvalidOperationException($"'{tensor.Name}' has no shape on profile {Profile}: set one within {engine.Range(tensor, Profile)}.");
        }
    }

    /// <exception cref="InvalidOperationException">A tensor has no address, an input no shape, or an alias another address.</exception>
    public void RequireComplete()
    {
        if (!_complete)
        {
            RequireShapes();
            foreach (EngineTensor tensor in engine.Tensors)
            {
                if (_addresses[tensor.Index] == 0) throw new InvalidOperationException($"'{tensor.Name}' has no address: every input and output needs one.");
            }

            _complete = true;
        }

        RequireAliases();
    }

    // An address can change at any time while the rest stays complete.
    private void RequireAliases()
    {
        foreach ((int output, int input) in _aliases)
        {
            if (_addresses[output] != _addresses[input])
                throw new InvalidOperationException($"'{engine.Tensors[output].Name}' is '{engine.Tensors[input].Name}' updated in place: both need one address.");
        }
    }
}
