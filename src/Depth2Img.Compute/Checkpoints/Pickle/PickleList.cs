namespace Depth2Img.Compute.Checkpoints.Pickle;

/// <summary>A Python list.</summary>
internal sealed class PickleList(PickleBudget budget)
{
    private readonly List<object?> _items = [];

    public IReadOnlyList<object?> Items => _items;

    public void Add(object? item)
    {
        budget.Take(4 * sizeof(long));
        _items.Add(item);
    }
}
