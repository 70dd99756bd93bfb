using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace QwenVl.TensorRt;

/// <summary>
/// The lengths of a tensor's dimensions, at most eight, outermost first; -1 stands for a length that is not known yet. Has
/// the layout of TensorRT's <c>Dims64</c> and allocates nothing. Write it as a collection: <c>[1, 3, -1, 224]</c>.
/// </summary>
[StructLayout(LayoutKind.Sequential)]
[CollectionBuilder(typeof(TensorShape), nameof(Create))]
public readonly struct TensorShape : IEquatable<TensorShape>
{
    /// <summary>The most dimensions a tensor can have.</summary>
    public const int MaxRank = 8;

    private readonly int _rank;
    private readonly Lengths _lengths;

    private TensorShape(ReadOnlySpan<long> lengths)
    {
        _rank = lengths.Length;
        lengths.CopyTo(_lengths);
    }

    /// <summary>How many dimensions; 0 is a scalar, -1 means that TensorRT does not know the tensor or its rank.</summary>
    public int Rank => _rank;

    /// <summary>True when every length is known.</summary>
    public bool IsKnown => _rank >= 0 && !Span().ContainsAnyInRange(long.MinValue, -1);

    /// <summary>The product of the lengths: 1 for a scalar.</summary>
    /// <exception cref="InvalidOperationException">A length is not known.</exception>
    public long ElementCount
    {
        get
        {
            if (!IsKnown) throw new InvalidOperationException($"Shape {this} has lengths that are not known: set the input shapes first.");
            long count = 1;
            foreach (long length in Span()) count = checked(count * length);
            return count;
        }
    }

    /// <summary>The length of a dimension.</summary>
    /// <exception cref="ArgumentOutOfRangeException">There is no such dimension.</exception>
    public long this[int dimension]
    {
        get
        {
            ArgumentOutOfRangeException.ThrowIfNegative(dimension);
            ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(dimension, _rank);
            return _lengths[dimension];
        }
    }

    /// <summary>A shape of the given lengths; -1 marks a dynamic one.</summary>
    /// <exception cref="ArgumentException">More than eight dimensions, or a length below -1.</exception>
    public static TensorShape Create(params ReadOnlySpan<long> lengths)
    {
        if (lengths.Length > MaxRank) throw new ArgumentException($"A tensor has at most {MaxRank} dimensions, not {lengths.Length}.", nameof(lengths));
        if (lengths.ContainsAnyInRange(long.MinValue, -2)) throw new ArgumentException($"[{string.Join(", ", lengths.ToArray())}]: a length is 0 or more, or -1 for a dynamic one.", nameof(lengths));
        return new TensorShape(lengths);
    }

    /// <summary>The lengths as an array of their own.</summary>
    public long[] ToArray() => Span().ToArray();

    /// <summary>Enumerates the lengths, which makes collection expressions of this type possible.</summary>
    public IEnumerator<long> GetEnumerator() => ((IEnumerable<long>)ToArray()).GetEnumerator();

    /// <inheritdoc/>
    public bool Equals(TensorShape other) => _rank == other._rank && Span().SequenceEqual(other.Span());

    /// <inheritdoc/>
    public override bool Equals(object? obj) => obj is TensorShape other && Equals(other);

    /// <inheritdoc/>
    public override int GetHashCode()
    {
        var hash = default(HashCode);
        hash.Add(_rank);
        foreach (long length in Span()) hash.Add(length);
        return hash.ToHashCode();
    }

    /// <summary>True when rank and lengths are the same.</summary>
    public static bool operator ==(TensorShape left, TensorShape right) => left.Equals(right);

    /// <summary>True when rank or a length differs.</summary>
    public static bool operator !=(TensorShape left, TensorShape right) => !left.Equals(right);

    /// <summary>For example "[1, -1, 128]", or "unknown".</summary>
    public override string ToString() => _rank < 0 ? "unknown" : $"[{string.Join(", ", ToArray().Select(length => length.ToString(CultureInfo.InvariantCulture)))}]";

    [UnscopedRef]
    private ReadOnlySpan<long> Span() => ((ReadOnlySpan<long>)_lengths)[..Math.Clamp(_rank, 0, MaxRank)];

    [InlineArray(MaxRank)]
    private struct Lengths
    {
        private long _first;
    }
}
