namespace Depth2Img.Server.Queue;

/// <summary>The last names that were added, as many as there is room for.</summary>
/// <param name="most">How many are remembered.</param>
internal sealed class RecentIds(int most)
{
    private readonly Lock _lock = new();
    private readonly HashSet<string> _ids = new(StringComparer.Ordinal);
    private readonly System.Collections.Generic.Queue<string> _order = new();

    /// <summary>Remembers a name, and forgets the oldest if there is no room.</summary>
    public void Add(string id)
    {
        lock (_lock)
        {
            if (!_ids.Add(id)) return;
            _order.Enqueue(id);
            if (_order.Count > most) _ids.Remove(_order.Dequeue());
        }
    }

    /// <summary>Whether a name is remembered.</summary>
    public bool Contains(string id)
    {
        lock (_lock) return _ids.Contains(id);
    }
}
