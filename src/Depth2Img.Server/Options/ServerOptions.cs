namespace Depth2Img.Server.Options;

/// <summary>How the server runs: the section "Depth2Img" of its configuration (appsettings, environment, command line).</summary>
public sealed class ServerOptions
{
    /// <summary>The configuration's section.</summary>
    public const string Section = "Depth2Img";

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

    /// <summary>Addresses of reverse proxies whose X-Forwarded headers are believed.</summary>
    public IList<string> Proxies { get; } = [];

    /// <summary>How long finished jobs are kept.</summary>
    public TimeSpan KeepFor { get; set; } = TimeSpan.FromDays(7);

    /// <summary>How many bytes of finished jobs are kept; the oldest go first.</summary>
    public long KeepBytes { get; set; } = 2L << 30;

    /// <summary>The kernels to run; null for the fastest.</summary>
    public string? Cpu { get; set; }

    /// <summary>Whether to stay on kernels of single precision.</summary>
    public bool Float32 { get; set; }

    /// <summary>What requests may be.</summary>
    public ServerLimits Limits { get; } = new();

    /// <summary>Checks the values.</summary>
    /// <exception cref="Depth2ImgException">A value cannot be used; the message names the option.</exception>
    public void Validate()
    {
        static void Require(bool holds, string message)
        {
            if (!holds) throw new Depth2ImgException(message);
        }
        Require(Port is >= 0 and <= 65535, $"Port is {Port}; it must be from 0 (any free one) to 65535.");
        Require(DataFolder.Length > 0, "DataFolder is empty; it must name the folder for jobs and pictures.");
        Require(Models.Count > 0, "Models is empty; at least one model is needed.");
        Require(Keys.All(key => key.Length >= 8), "Keys has a key of fewer than 8 characters; longer ones are needed.");
        Require(KeepFor >= TimeSpan.Zero, $"KeepFor is {KeepFor}; it must not be negative.");
        Require(KeepBytes >= 0, $"KeepBytes is {KeepBytes}; it must not be negative.");
        Require(PathBase.Length == 0 || (PathBase[0] == '/' && PathBase[^1] != '/'), $"PathBase is '{PathBase}'; it must begin with a slash and not end in one.");
        Require(Keys.Count > 0 || NoAuthentication || IsLoopback(Host),
            $"Host is '{Host}', which others may reach, and there are no keys. Set a key, or say --no-auth to let everybody in.");
        Limits.Validate();
    }

    /// <summary>Whether an address is this machine's own.</summary>
    public static bool IsLoopback(string host) =>
        host.Equals("localhost", StringComparison.OrdinalIgnoreCase) || (System.Net.IPAddress.TryParse(host.Trim('[', ']'), out System.Net.IPAddress? address) && System.Net.IPAddress.IsLoopback(address));
}
