namespace Depth2Img.Schedulers;

/// <summary>The newest few of the arrays that a multistep method keeps, in memory that is reused.</summary>
internal sealed class SampleHistory(int capacity)
{
    private readonly float[][] _arrays = new float[capacity][];
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

    /// <summary>Makes room for a new array, dropping the oldest if need be, and gives it to be filled. The first call takes all the memory.</summary>
    /// <param name="length">The same in every call.</param>
    public Span<float> Push(int length)
    {
        if (Count == 0)
        {
            for (int i = 0; i < capacity; i++) _arrays[i] = new float[length];
        }
        _newest = (_newest + 1) % capacity;
        Count = Math.Min(Count + 1, capacity);
        return _arrays[_newest];
    }

    /// <summary>destination = sampleWeight * destination + the sum of weights[i] times the array of age i.</summary>
    public void Combine(float sampleWeight, ReadOnlySpan<float> weights, Span<float> destination)
    {
        for (int i = 0; i < destination.Length; i++) destination[i] *= sampleWeight;
        for (int age = 0; age < weights.Length; age++) Vectors.AddScaled(destination, weights[age], this[age]);
    }
}
