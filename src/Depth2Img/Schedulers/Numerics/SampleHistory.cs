namespace Depth2Img.Schedulers;

/// <summary>The newest few of the arrays that a multistep method keeps, in memory that is reused.</summary>
internal sealed class SampleHistory(int capacity)
{
    private readonly float[]?[] _arrays = new float[capacity][];
    private int _newest = -1;

    /// <summary>How many arrays are kept: as many as were pushed, at most the capacity.</summary>
    public int Count { get; private set; }

    /// <summary>A kept array: 0 is the newest.</summary>
    public ReadOnlySpan<float> this[int age]
    {
        get
        {
            ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual((uint)age, (uint)Count, nameof(age));
            return _arrays[(_newest - age + capacity) % capacity];
        }
    }

    /// <summary>Makes room for a new array, dropping the oldest if need be, and gives it to be filled.</summary>
    public Span<float> Push(int length)
    {
        _newest = (_newest + 1) % capacity;
        Count = Math.Min(Count + 1, capacity);
        return _arrays[_newest] ??= new float[length];
    }

    /// <summary>destination = sampleWeight * destination + the sum of weights[i] times the array of age i.</summary>
    public void Combine(float sampleWeight, ReadOnlySpan<float> weights, Span<float> destination)
    {
        for (int i = 0; i < destination.Length; i++) destination[i] *= sampleWeight;
        for (int age = 0; age < weights.Length; age++) Vectors.AddScaled(destination, weights[age], this[age]);
    }
}
