using System.Security.Cryptography;

namespace Depth2Img.Server.Api.OpenAi;

/// <summary>
/// Pictures that clients fetch by an address instead of taking them at once. The address is the key: a random name that is good
/// for an hour, or until newer pictures need the room.
/// </summary>
internal sealed class ExpiringFiles(TimeProvider time)
{
    private const long MostBytes = 64L << 20;
    private static readonly TimeSpan Life = TimeSpan.FromHours(1);

    private readonly Lock _lock = new();
    private readonly Dictionary<string, (byte[] Content, DateTimeOffset Until)> _files = [];
    private readonly Queue<string> _order = new();
    private long _bytes;

    /// <summary>Keeps a file.</summary>
    /// <param name="content">The file.</param>
    /// <param name="extension">What its name ends in.</param>
    /// <returns>Its name.</returns>
    public string Add(byte[] content, string extension)
    {
        string name = $"{Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(16))}.{extension}";
        lock (_lock)
        {
            _files[name] = (content, time.GetUtcNow() + Life);
            _order.Enqueue(name);
            _bytes += content.Length;
            // The newest stays, whatever its size: it was just promised.
            while (_order.Count > 1 && (_bytes > MostBytes || _files[_order.Peek()].Until <= time.GetUtcNow()))
            {
                _files.Remove(_order.Dequeue(), out (byte[] Content, DateTimeOffset Until) oldest);
                _bytes -= oldest.Content.Length;
            }
        }
        return name;
    }

    /// <summary>A file; null if there is none of that name, or no longer.</summary>
    public byte[]? Find(string name)
    {
        lock (_lock) return _files.TryGetValue(name, out (byte[] Content, DateTimeOffset Until) file) && file.Until > time.GetUtcNow() ? file.Content : null;
    }
}
