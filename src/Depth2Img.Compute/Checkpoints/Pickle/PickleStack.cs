namespace Depth2Img.Compute.Checkpoints.Pickle;

/// <summary>The values that a pickle's instructions work on, and the marks between them.</summary>
/// <param name="file">For messages.</param>
/// <param name="budget">Counts what the stack takes at its highest.</param>
internal sealed class PickleStack(string file, PickleBudget budget)
{
    /// <summary>How deep marks may lie: each is a tuple, list or dictionary within another.</summary>
    private const int MostMarks = 10_000;

    private readonly List<object?> _values = [];
    private readonly List<int> _marks = [];
    private int _highest;

    /// <summary>How many values there are.</summary>
    public int Count => _values.Count;

    /// <summary>The index of the first value that may be taken without a mark's leave.</summary>
    private int Floor => _marks.Count == 0 ? 0 : _marks[^1];

    public void Push(object? value)
    {
        if (_values.Count == _highest)
        {
            // A list that grows is copied now and then: twice the place of its elements, and the copies before.
            budget.Take(4 * sizeof(long));
            _highest++;
        }
        _values.Add(value);
    }

    public object? Pop()
    {
        object? value = Peek();
        _values.RemoveAt(_values.Count - 1);
        return value;
    }

    /// <summary>The top value, left where it is.</summary>
    public object? Peek() => _values.Count > Floor ? _values[^1] : throw PickleSource.Damaged(file, "an instruction lacks its value");

    public void PushMark()
    {
        if (_marks.Count == MostMarks) throw PickleSource.Damaged(file, $"more than {MostMarks} values lie within one another");
        _marks.Add(_values.Count);
    }

    /// <summary>Takes the last mark and all values above it.</summary>
    public object?[] PopToMark()
    {
        if (_marks.Count == 0) throw PickleSource.Damaged(file, "an instruction lacks its mark");
        int start = _marks[^1];
        _marks.RemoveAt(_marks.Count - 1);
        return PopLast(_values.Count - start);
    }

    /// <summary>Takes so many values, the lowest first.</summary>
    public object?[] PopLast(int count)
    {
        if (_values.Count - count < Floor) throw PickleSource.Damaged(file, "an instruction lacks its value");
        if (count == 0) return [];
        budget.Take(32 + (long)sizeof(long) * count);
        object?[] values = new object?[count];
        _values.CopyTo(_values.Count - count, values, 0, count);
        _values.RemoveRange(_values.Count - count, count);
        return values;
    }
}
