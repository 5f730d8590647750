namespace Depth2Img.Server.Queue;

/// <summary>Where a message broker is, and how to get in. Shown without its user and password: it goes into logs and messages.</summary>
public sealed class QueueAddress
{
    /// <summary>The variable of the environment that names a broker where no option does.</summary>
    public const string Variable = "DEPTH2IMG_QUEUE";

    private QueueAddress(Uri uri) => Uri = uri;

    /// <summary>The whole address, its password too.</summary>
    internal Uri Uri { get; }

    /// <summary>Reads an address.</summary>
    /// <param name="address">amqp://user:password@host:port/vhost, or amqps for TLS.</param>
    /// <exception cref="Depth2ImgException">It is none. The message does not repeat it: it may hold a password.</exception>
    public static QueueAddress Parse(string address)
    {
        ArgumentNullException.ThrowIfNull(address);
        if (!Uri.TryCreate(address, UriKind.Absolute, out Uri? uri) || uri.Scheme is not ("amqp" or "amqps") || uri.Host.Length == 0)
            throw new Depth2ImgException("The queue's address cannot be read; amqp://USER:PASSWORD@HOST:PORT/VHOST is expected, or amqps:// for TLS.");
        return uri.AbsolutePath.LastIndexOf('/') > 0
            ? throw new Depth2ImgException("The queue's address has more than one part behind its host; one virtual host is expected, its slashes written as %2f.")
            : new QueueAddress(uri);
    }

    /// <summary>The address without what lets in.</summary>
    public override string ToString() => $"{Uri.Scheme}://{Uri.Host}{(Uri.Port > 0 ? $":{Uri.Port}" : "")}{(Uri.AbsolutePath == "/" ? "" : Uri.AbsolutePath)}";
}
