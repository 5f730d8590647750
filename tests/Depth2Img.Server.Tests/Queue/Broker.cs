using System.ComponentModel;
using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Depth2Img.Server.Queue;
using Depth2Img.TestSupport;
using RabbitMQ.Client;
using RabbitMQ.Client.Exceptions;

namespace Depth2Img.Server.Tests.Queue;

/// <summary>
/// A RabbitMQ of the tests' own: Debian's program on free ports of this machine, with its data, its home and its name in a
/// temporary folder. Every test takes a virtual host that no other has used.
/// </summary>
public sealed class Broker : IAsyncLifetime, IDisposable
{
    public const string Password = "a-word-that-no-log-has";
    private const string Program = "/usr/lib/rabbitmq/bin/rabbitmq-server", User = "depth";
    private const int Hosts = 40;
    private static readonly TimeSpan Longest = TimeSpan.FromMinutes(3);

    private readonly TemporaryFolder _folder = new();
    private readonly int _port, _distributionPort, _namesPort;
    private readonly StringBuilder _log = new();
    private Process? _process;
    private int _host;

    public Broker()
    {
        // Held together, so that they are three.
        TcpListener[] free = [.. Enumerable.Range(0, 3).Select(_ => new TcpListener(IPAddress.Loopback, 0))];
        foreach (TcpListener listener in free) listener.Start();
        int[] ports = [.. free.Select(listener => ((IPEndPoint)listener.LocalEndpoint).Port)];
        foreach (TcpListener listener in free) listener.Stop();
        (_port, _distributionPort, _namesPort) = (ports[0], ports[1], ports[2]);
    }

    /// <summary>What is missing on this machine; null if nothing is. In CI nothing may be missing.</summary>
    public static string? Missing => File.Exists(Program) || Environment.GetEnvironmentVariable("CI") == "true" ? null : "RabbitMQ is not on this machine: the Debian package rabbitmq-server is needed.";

    public async Task InitializeAsync()
    {
        if (Missing is not null) return;
        Assert.True(File.Exists(Program), "RabbitMQ is not on this machine: the Debian package rabbitmq-server is needed, and in CI no test is skipped.");
        _folder.Write("enabled_plugins", "[].\n");
        _folder.Write("environment", "");
        _folder.Write("definitions.json", Definitions());
        _folder.Write("rabbitmq.conf", $"listeners.tcp.1 = 127.0.0.1:{_port}\nload_definitions = {_folder.File("definitions.json")}\ndisk_free_limit.absolute = 10MB\nlog.file.level = warning\n");
        await StartAsync();
    }

    /// <summary>A virtual host that is empty.</summary>
    public QueueAddress NewHost()
    {
        int host = Interlocked.Increment(ref _host);
        Assert.InRange(host, 1, Hosts);
        return QueueAddress.Parse($"amqp://{User}:{Password}@127.0.0.1:{_port}/test-{host}");
    }

    /// <summary>Starts it, and waits until it lets in.</summary>
    public async Task StartAsync()
    {
        ProcessStartInfo start = new(Program) { RedirectStandardOutput = true, RedirectStandardError = true, RedirectStandardInput = true, WorkingDirectory = _folder.Path };
        foreach ((string name, string value) in Variables()) start.Environment[name] = value;
        _process = Process.Start(start)!;
        _process.StandardInput.Close();
        DataReceivedEventHandler keep = (_, line) =>
        {
            lock (_log) _log.AppendLine(line.Data);
        };
        _process.OutputDataReceived += keep;
        _process.ErrorDataReceived += keep;
        _process.BeginOutputReadLine();
        _process.BeginErrorReadLine();
        DateTime end = DateTime.UtcNow + Longest;
        while (true)
        {
            try
            {
                await using IConnection connection = await ConnectAsync(QueueAddress.Parse($"amqp://{User}:{Password}@127.0.0.1:{_port}/test-1"));
                return;
            }
            catch (Exception e) when (e is BrokerUnreachableException or OperationInterruptedException or IOException)
            {
                string log;
                lock (_log) log = _log.ToString();
                Assert.False(_process.HasExited, $"RabbitMQ ended while it was being started:\n{log}");
                Assert.True(DateTime.UtcNow < end, $"RabbitMQ did not let in within {Longest}: {e.Message}\n{log}");
                await Task.Delay(200);
            }
        }
    }

    /// <summary>Stops it as a service manager does.</summary>
    public async Task StopAsync()
    {
        using Process asking = Process.Start("kill", ["-TERM", $"{_process!.Id}"]);
        await asking.WaitForExitAsync();
        await _process.WaitForExitAsync();
        _process.Dispose();
        _process = null;
    }

    /// <summary>Ends it as a power cut would.</summary>
    public async Task KillAsync()
    {
        _process!.Kill(entireProcessTree: true);
        await _process.WaitForExitAsync();
        _process.Dispose();
        _process = null;
    }

    /// <summary>A connection of a test's own.</summary>
    public static Task<IConnection> ConnectAsync(QueueAddress address) => new ConnectionFactory { Uri = address.Uri, AutomaticRecoveryEnabled = false }.CreateConnectionAsync();

    public async Task DisposeAsync()
    {
        if (_process is not null) await KillAsync();
        try
        {
            // The service of names goes on without its broker.
            ProcessStartInfo end = new("epmd", ["-port", $"{_namesPort}", "-kill"]) { RedirectStandardOutput = true, RedirectStandardError = true };
            end.Environment["ERL_EPMD_RELAXED_COMMAND_CHECK"] = "1";
            using Process ended = Process.Start(end)!;
            await ended.WaitForExitAsync();
        }
        catch (Win32Exception)
        {
            // There is no Erlang here, and so no service of names.
        }
    }

    /// <summary>Called last.</summary>
    public void Dispose() => _folder.Dispose();

    private Dictionary<string, string> Variables() => new()
    {
        ["HOME"] = _folder.Path,
        ["RABBITMQ_NODENAME"] = $"depth2img-{_port}@localhost",
        ["RABBITMQ_MNESIA_BASE"] = _folder.File("data"),
        ["RABBITMQ_LOG_BASE"] = _folder.File("log"),
        ["RABBITMQ_PID_FILE"] = _folder.File("pid"),
        ["RABBITMQ_CONFIG_FILE"] = _folder.File("rabbitmq.conf"),
        ["RABBITMQ_CONF_ENV_FILE"] = _folder.File("environment"),
        ["RABBITMQ_ENABLED_PLUGINS_FILE"] = _folder.File("enabled_plugins"),
        ["RABBITMQ_NODE_PORT"] = $"{_port}",
        ["RABBITMQ_DIST_PORT"] = $"{_distributionPort}",
        ["ERL_EPMD_PORT"] = $"{_namesPort}",
        ["ERL_EPMD_ADDRESS"] = "127.0.0.1",
        // Its threads do not spin while they wait: the machine has other work.
        ["RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS"] = "+sbwt none +sbwtdcpu none +sbwtdio none",
    };

    private static string Definitions()
    {
        byte[] salt = RandomNumberGenerator.GetBytes(4);
        byte[] hash = [.. salt, .. SHA256.HashData([.. salt, .. Encoding.UTF8.GetBytes(Password)])];
        string[] hosts = [.. Enumerable.Range(1, Hosts).Select(n => $"test-{n}")];
        return JsonSerializer.Serialize(new
        {
            users = new[] { new { name = User, password_hash = Convert.ToBase64String(hash), hashing_algorithm = "rabbit_password_hashing_sha256", tags = "administrator" } },
            vhosts = hosts.Select(name => new { name }),
            permissions = hosts.Select(vhost => new { user = User, vhost, configure = ".*", write = ".*", read = ".*" }),
        });
    }
}
