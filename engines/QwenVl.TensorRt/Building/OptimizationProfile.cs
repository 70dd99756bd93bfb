using QwenVl.TensorRt.Abi;
using QwenVl.TensorRt.Logging;
using QwenVl.TensorRt.Objects;

namespace QwenVl.TensorRt.Building;

/// <summary>
/// The shapes that a plan's dynamic inputs may have. Belongs to its builder, which frees it. Not safe for several threads.
/// </summary>
public sealed unsafe class OptimizationProfile : IDisposable
{
    internal OptimizationProfile(NativeObject native, TensorRtBuilder builder)
    {
        Native = native;
        Builder = builder;
    }

    /// <summary>Whether TensorRT finds the profile complete and without contradictions so far.</summary>
    public bool IsValid
    {
        get
        {
            using NativeCall call = Native.Call(OptimizationProfileMethods.IsValid);
            return call.Test();
        }
    }

    internal NativeObject Native { get; }

    internal TensorRtBuilder Builder { get; }

    /// <summary>Sets the shapes that an input may have.</summary>
    /// <param name="input">The input's name.</param>
    /// <param name="min">The least length of each dimension.</param>
    /// <param name="opt">The lengths that kernels are chosen for; between the others.</param>
    /// <param name="max">The largest length of each dimension.</param>
    /// <exception cref="ArgumentException">Ranks differ, a length is unknown, or the lengths do not rise.</exception>
    /// <exception cref="TensorRtException">TensorRT refuses the shapes.</exception>
    public void SetShapes(string input, TensorShape min, TensorShape opt, TensorShape max)
    {
        ArgumentException.ThrowIfNullOrEmpty(input);
        var range = new ShapeRange(min, opt, max);
        if (min.Rank != opt.Rank || max.Rank != opt.Rank || !min.IsKnown || !opt.IsKnown || !max.IsKnown || !range.Contains(min) || !range.Contains(opt) || !range.Contains(max))
            throw new ArgumentException($"{input}: min {min}, opt {opt}, max {max} must have one rank, known lengths, and rise in every dimension.");
        using var name = new NativeText(input);
        Set(input, name, ProfileSelector.Min, min);
        Set(input, name, ProfileSelector.Opt, opt);
        Set(input, name, ProfileSelector.Max, max);
    }

    /// <summary>The shapes set for an input; unknown ones where none were set.</summary>
    public ShapeRange GetShapes(string input)
    {
        ArgumentException.ThrowIfNullOrEmpty(input);
        using var name = new NativeText(input);
        return new ShapeRange(Get(name, ProfileSelector.Min), Get(name, ProfileSelector.Opt), Get(name, ProfileSelector.Max));
    }

    /// <summary>Sets the values that a shape input may have: an input whose values are lengths, for example of a Reshape.</summary>
    /// <exception cref="ArgumentException">The three differ in length.</exception>
    /// <exception cref="TensorRtException">TensorRT refuses the values.</exception>
    /// <exception cref="NotSupportedException">TensorRT before 10.11 has no 64-bit values.</exception>
    public void SetShapeValues(string input, ReadOnlySpan<long> min, ReadOnlySpan<long> opt, ReadOnlySpan<long> max)
    {
        ArgumentException.ThrowIfNullOrEmpty(input);
        if (min.Length != opt.Length || max.Length != opt.Length) throw new ArgumentException($"{input}: min, opt and max have {min.Length}, {opt.Length} and {max.Length} values.");
        using var name = new NativeText(input);
        SetValues(input, name, ProfileSelector.Min, min);
        SetValues(input, name, ProfileSelector.Opt, opt);
        SetValues(input, name, ProfileSelector.Max, max);
    }

    /// <summary>Ends this reference; the profile itself lives as long as its builder.</summary>
    public void Dispose() => Native.Dispose();

    private void Set(string input, in NativeText name, ProfileSelector selector, TensorShape shape)
    {
        long mark = RecentMessages.Mark;
        using NativeCall call = Native.Call(OptimizationProfileMethods.SetDimensions);
        if (((delegate* unmanaged[MemberFunction]<nint, nint, int, TensorShape*, byte>)call.Function)(call.This, name.Pointer, (int)selector, &shape) == 0)
            throw new TensorRtException($"The profile takes no {selector} shape {shape} of {input}.", RecentMessages.Since(mark));
    }

    private TensorShape Get(in NativeText name, ProfileSelector selector)
    {
        using NativeCall call = Native.Call(OptimizationProfileMethods.GetDimensions);
        return ((delegate* unmanaged[MemberFunction]<nint, nint, int, TensorShape>)call.Function)(call.This, name.Pointer, (int)selector);
    }

    private void SetValues(string input, in NativeText name, ProfileSelector selector, ReadOnlySpan<long> values)
    {
        long mark = RecentMessages.Mark;
        using NativeCall call = Native.Call(OptimizationProfileMethods.SetShapeValuesV2);
        fixed (long* first = values)
        {
            if (((delegate* unmanaged[MemberFunction]<nint, nint, int, long*, int, byte>)call.Function)(call.This, name.Pointer, (int)selector, first, values.Length) == 0)
                throw new TensorRtException($"The profile takes no {selector} values of {input}.", RecentMessages.Since(mark));
        }
    }
}
