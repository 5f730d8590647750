namespace Depth2Img.Server.Api.Sdapi;

/// <summary>Remembers clients' settings while the server runs; of too many clients, those that were longest quiet are forgotten.</summary>
internal sealed class ClientOptionsStore
{
    private const int Most = 1000;

    private readonly Lock _lock = new();
    private readonly Dictionary<string, LinkedListNode<(string Client, ClientOptions Options)>> _known = [];
    private readonly LinkedList<(string Client, ClientOptions Options)> _order = [];

    /// <summary>A client's settings.</summary>
    public ClientOptions Of(string client)
    {
        lock (_lock)
        {
            if (!_known.TryGetValue(client, out LinkedListNode<(string Client, ClientOptions Options)>? node)) return ClientOptions.Default;
            _order.Remove(node);
            _order.AddLast(node);
            return node.Value.Options;
        }
    }

    /// <summary>Remembers a client's settings.</summary>
    public void Set(string client, ClientOptions options)
    {
        lock (_lock)
        {
            if (_known.Remove(client, out LinkedListNode<(string Client, ClientOptions Options)>? node)) _order.Remove(node);
            _known[client] = _order.AddLast((client, options));
            if (_order.Count <= Most) return;
            _known.Remove(_order.First!.Value.Client);
            _order.RemoveFirst();
        }
    }
}
