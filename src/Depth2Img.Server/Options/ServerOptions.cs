using System.Net;
using Microsoft.Extensions.Logging;

namespace Depth2Img.Server.Options;

/// <summary>How the server runs. <see cref="ServerSettings"/> fills it from the command line, the environment and a file.</summary>
public sealed class ServerOptions
{
    private const int ShortestKey = 8;

    /// <summary>The address to listen on; loopback unless keys are set or <see cref="NoAuthentication"/> is said aloud.</summary>
    public string Host { get; set; } = "127.0.0.1";

    /// <summary>The port; 0 takes a free one.</summary>
    public int Port { get; set; } = 7860;

    /// <summary>Where jobs, pictures and the data base are kept.</summary>
    public string DataFolder { get; set; } = "";

    /// <summary>The models that requests may name, by the names of the command line; the first is the default.</summary>
    public IList<string> Models { get; } = [];

    /// <summary>The keys that clients show. None: everybody who reaches the address may use it.</summary>
    public IList<string> Keys { get; } = [];

    /// <summary>Whether an address that others reach may go without keys.</summary>
    public bool NoAuthentication { get; set; }

    /// <summary>Names under which the server is reached besides its own addresses; requests for other hosts are refused.</summary>
    public IList<string> HostNames { get; } = [];

    /// <summary>The path that a reverse proxy serves this under, such as "/depth"; empty for the root.</summary>
    public string PathBase { get; set; } = "";

    /// <summary>Addresses or networks of reverse proxies whose X-Forwarded headers are believed.</summary>
    public IList<string> Proxies { get; } = [];

    /// <summary>Origins of other sites whose pages may use this server, such as "https://app.example"; none by default.</summary>
    public IList<string> CorsOrigins { get; } = [];

    /// <summary>How long finished jobs are kept.</summary>
    public TimeSpan KeepFor { get; set; } = TimeSpan.FromDays(7);

    /// <summary>How many bytes of finished jobs are kept; the oldest go first.</summary>
    public long KeepBytes { get; set; } = 2L << 30;

    /// <summary>A depth map's file for requests of other programs that bring neither picture nor map; null to refuse those.</summary>
    public string? TextToImageDepth { get; set; }

    /// <summary>How the log is written.</summary>
    public LogFormat LogFormat { get; set; }

    /// <summary>What is logged: this and what is graver.</summary>
    public LogLevel LogLevel { get; set; } = LogLevel.Warning;

    /// <summary>The kernels to run; null for the fastest.</summary>
    public string? Cpu { get; set; }

    /// <summary>Whether to stay on kernels of single precision.</summary>
    public bool Float32 { get; set; }

    /// <summary>The message broker whose workers do the jobs; null to do them here.</summary>
    public Queue.QueueAddress? Queue { get; set; }

    /// <summary>The type of the broker's queues: the same for the server and all workers.</summary>
    public Queue.QueueType QueueType { get; set; }

    /// <summary>A folder that server and workers see, for pictures; null to send them through the broker.</summary>
    public string? SharedFolder { get; set; }

    /// <summary>What requests may be.</summary>
    public ServerLimits Limits { get; } = new();

    /// <summary>Checks the values.</summary>
    /// <exception cref="Depth2ImgException">A value cannot be used; the message names the option.</exception>
    public void Validate()
    {
        Require(Port is >= 0 and <= 65535, $"--port is {Port}; it must be from 0 (any free one) to 65535.");
        Require(IsAddress(Host), $"--host is '{Host}'; an address of this machine is expected, such as 127.0.0.1 or 0.0.0.0.");
        Require(DataFolder.Length > 0, "--data is empty; it must name the folder for jobs and pictures.");
        Require(Models.Count > 0, "--model is missing; at least one model is needed.");
        Require(Keys.All(key => key.Length >= ShortestKey), $"--key has fewer than {ShortestKey} characters; longer keys are needed.");
        Require(Keys.All(key => key.All(c => c is > ' ' and <= '~')), "--key has characters that a header cannot carry; letters, digits and signs of ASCII without blanks are expected.");
        foreach (string name in HostNames)
            Require(Uri.CheckHostName(name.Trim('[', ']')) != UriHostNameType.Unknown, $"--host-name is '{name}'; a host's name without scheme or port is expected, such as depth.example.");
        foreach (string proxy in Proxies)
            Require(IPAddress.TryParse(proxy, out _) || IPNetwork.TryParse(proxy, out _), $"--proxy is '{proxy}'; an address or a network is expected, such as 10.0.0.2 or 10.0.0.0/24.");
        foreach (string origin in CorsOrigins)
            Require(IsOrigin(origin), $"--cors-origin is '{origin}'; one site's origin is expected, such as https://app.example. Every site at once cannot be let in.");
        Require(KeepFor >= TimeSpan.Zero, $"--keep is {KeepFor}; it must not be negative.");
        Require(KeepBytes >= 0, $"--keep is {KeepBytes} bytes; it must not be negative.");
        Require(PathBase.Length == 0 || (PathBase[0] == '/' && PathBase[^1] != '/' && PathBase.All(c => char.IsAsciiLetterOrDigit(c) || "/-_.~".Contains(c, StringComparison.Ordinal))),
            $"--path-base is '{PathBase}'; a path is expected that begins with a slash and does not end in one, such as /depth.");
        Require(TextToImageDepth is null || File.Exists(TextToImageDepth), $"--txt2img-depth is '{TextToImageDepth}'; there is no such file.");
        Require(Keys.Count > 0 || NoAuthentication || IsLoopback(Host),
            $"--host is '{Host}', which others may reach, and there are no keys. Set a key, or say --no-auth to let everybody in.");
        Limits.Validate();
    }

    /// <summary>Whether an address is this machine's own.</summary>
    public static bool IsLoopback(string host) =>
        host.Equals("localhost", StringComparison.OrdinalIgnoreCase) || (IPAddress.TryParse(host.Trim('[', ']'), out IPAddress? address) && IPAddress.IsLoopback(address));

    private static void Require(bool holds, string message)
    {
        if (!holds) throw new Depth2ImgException(message);
    }

    private static bool IsAddress(string host) => host.Equals("localhost", StringComparison.OrdinalIgnoreCase) || IPAddress.TryParse(host.Trim('[', ']'), out _);

    /// <summary>Exactly what browsers send in Origin headers: scheme, host and port, nothing more.</summary>
    private static bool IsOrigin(string text) =>
        Uri.TryCreate(text, UriKind.Absolute, out Uri? uri) && uri.Scheme is "http" or "https" && uri.GetLeftPart(UriPartial.Authority) == text;
}
