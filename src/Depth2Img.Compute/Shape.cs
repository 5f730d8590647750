using System.Globalization;
using System.Runtime.CompilerServices;

namespace Depth2Img.Compute;

/// <summary>
/// Up to four dimensions. Activations are channels-last: [N,H,W,C] for pictures, [N,L,C] for tokens, [N,C] for
/// vectors; the last dimension is contiguous in memory.
/// </summary>
public readonly struct Shape : IEquatable<Shape>
{
    private readonly Dimensions _dimensions;

    /// <summary>The largest rank.</summary>
    public const int MaxRank = 4;

    /// <summary>Makes a shape from its dimensions, outermost first.</summary>
    /// <param name="dimensions">One to four sizes of 0 or more. No dimension at all is a scalar.</param>
    /// <exception cref="ArgumentException">More than four dimensions, or a negative one.</exception>
    public Shape(params ReadOnlySpan<int> dimensions)
    {
        if (dimensions.Length > MaxRank)
            throw new ArgumentException($"A shape has at most {MaxRank} dimensions, not {dimensions.Length}.", nameof(dimensions));
        Rank = dimensions.Length;
        for (int i = 0; i < dimensions.Length; i++)
        {
            if (dimensions[i] < 0)
                throw new ArgumentException($"Dimension {i} is negative: {dimensions[i]}.", nameof(dimensions));
            _dimensions[i] = dimensions[i];
        }
    }

    /// <summary>How many dimensions there are, 0 to 4.</summary>
    public int Rank { get; }

    /// <summary>The size of dimension <paramref name="index"/>; negative indices count from the end.</summary>
    public int this[int index]
    {
        get
        {
            int i = index < 0 ? index + Rank : index;
            ArgumentOutOfRangeException.ThrowIfNegative(i, nameof(index));
            ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(i, Rank, nameof(index));
            return _dimensions[i];
        }
    }

    /// <summary>How many elements: the product of all dimensions.</summary>
    public long Count
    {
        get
        {
            long count = 1;
            for (int i = 0; i < Rank; i++) count *= _dimensions[i];
            return count;
        }
    }

    /// <summary>The last dimension: channels. 1 for a scalar.</summary>
    public int Channels => Rank == 0 ? 1 : _dimensions[Rank - 1];

    /// <summary>The product of all dimensions but the last: pixels or tokens over the whole batch.</summary>
    public long Rows
    {
        get
        {
            long rows = 1;
            for (int i = 0; i < Rank - 1; i++) rows *= _dimensions[i];
            return rows;
        }
    }

    /// <summary>The same shape with another last dimension.</summary>
    public Shape WithChannels(int channels)
    {
        Span<int> d = stackalloc int[Rank];
        for (int i = 0; i < Rank; i++) d[i] = _dimensions[i];
        d[^1] = channels;
        return new Shape(d);
    }

    /// <inheritdoc/>
    public bool Equals(Shape other)
    {
        if (Rank != other.Rank) return false;
        for (int i = 0; i < Rank; i++)
        {
            if (_dimensions[i] != other._dimensions[i]) return false;
        }
        return true;
    }

    /// <inheritdoc/>
    public override bool Equals(object? obj) => obj is Shape other && Equals(other);

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(Rank, _dimensions[0], _dimensions[1], _dimensions[2], _dimensions[3]);

    /// <summary>Whether both have the same dimensions.</summary>
    public static bool operator ==(Shape left, Shape right) => left.Equals(right);

    /// <summary>Whether the dimensions differ.</summary>
    public static bool operator !=(Shape left, Shape right) => !left.Equals(right);

    /// <summary>The dimensions in brackets, as in "[1,64,64,320]".</summary>
    public override string ToString()
    {
        Dimensions d = _dimensions;
        return "[" + string.Join(',', Enumerable.Range(0, Rank).Select(i => d[i].ToString(CultureInfo.InvariantCulture))) + "]";
    }

    [InlineArray(MaxRank)]
    private struct Dimensions
    {
        private int _first;
    }
}
