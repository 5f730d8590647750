using System.Diagnostics;
using System.Runtime.InteropServices;
using System.Text;

namespace Depth2Img.Server.Tests;

/// <summary><c>depth2img serve</c> as a process of its own, on a free port, which can be ended in any manner.</summary>
internal sealed class ServerProcess : IAsyncDisposable
{
    private readonly Process _process;
    private readonly StringBuilder _error = new();
    private readonly TaskCompletionSource<Uri> _address = new(TaskCreationOptions.RunContinuationsAsynchronously);

    private ServerProcess(ProcessStartInfo start)
    {
        _process = new Process { StartInfo = start };
        _process.OutputDataReceived += (_, line) =>
        {
            if (Uri.TryCreate(line.Data, UriKind.Absolute, out Uri? address)) _address.TrySetResult(address);
            else if (line.Data is null) _address.TrySetException(new InvalidOperationException($"The server ended before it listened: {Error}"));
        };
        _process.ErrorDataReceived += (_, line) =>
        {
            lock (_error) _error.AppendLine(line.Data);
        };
        _process.Start();
        _process.BeginOutputReadLine();
        _process.BeginErrorReadLine();
    }

    public HttpClient Client { get; private set; } = null!;

    public int Id => _process.Id;

    public bool HasExited => _process.HasExited;

    public int ExitCode => _process.ExitCode;

    /// <summary>What it wrote on standard error.</summary>
    public string Error
    {
        get
        {
            lock (_error) return _error.ToString();
        }
    }

    /// <summary>Bytes of memory that it has.</summary>
    public long Memory
    {
        get
        {
            _process.Refresh();
            return _process.WorkingSet64;
        }
    }

    /// <summary>Starts a server and waits until it is ready.</summary>
    /// <param name="folder">Its data folder.</param>
    /// <param name="options">Further options.</param>
    public static Task<ServerProcess> StartAsync(string folder, params string[] options) => StartAsync(folder, [], options);

    /// <inheritdoc cref="StartAsync(string, string[])"/>
    /// <param name="folder">Its data folder.</param>
    /// <param name="before">A program that starts it, with its arguments; empty for none.</param>
    /// <param name="options">Further options.</param>
    /// <param name="variables">Further variables of the environment.</param>
    public static async Task<ServerProcess> StartAsync(string folder, string[] before, string[] options, params (string Name, string Value)[] variables)
    {
        ProcessStartInfo start = Describe(before, ["serve", "--port", "0", "--data", folder, .. options], variables);
        ServerProcess server = new(start);
        try
        {
            // Cookies are a test's own: those of the server's first answers would go with them, and before them.
            server.Client = new HttpClient(new SocketsHttpHandler { UseCookies = false }) { BaseAddress = await server._address.Task.WaitAsync(TimeSpan.FromMinutes(2)), Timeout = TimeSpan.FromMinutes(5) };
            await Until.TrueAsync(async () => (await server.Client.GetAsync(server.Client.BaseAddress!.AbsolutePath.TrimEnd('/') + "/health/ready")).IsSuccessStatusCode, "the server is ready");
            return server;
        }
        catch
        {
            await server.DisposeAsync();
            throw;
        }
    }

    /// <summary>Runs the program to its end.</summary>
    public static async Task<(int ExitCode, string Output, string Error)> RunAsync(string[] arguments, params (string Name, string Value)[] variables)
    {
        using Process process = Process.Start(Describe([], arguments, variables))!;
        Task<string> output = process.StandardOutput.ReadToEndAsync(), error = process.StandardError.ReadToEndAsync();
        await process.WaitForExitAsync();
        return (process.ExitCode, await output, await error);
    }

    /// <summary>Ends it as kill -9 does.</summary>
    public async Task KillAsync()
    {
        _process.Kill();
        await _process.WaitForExitAsync();
    }

    /// <summary>Asks it to end, as a service manager does, and waits until it has.</summary>
    public async Task TerminateAsync()
    {
        using (Process kill = Process.Start("kill", ["-TERM", $"{_process.Id}"])) await kill.WaitForExitAsync();
        await _process.WaitForExitAsync();
    }

    public async ValueTask DisposeAsync()
    {
        Client?.Dispose();
        if (!_process.HasExited) await KillAsync();
        _process.Dispose();
    }

    private static ProcessStartInfo Describe(string[] before, string[] arguments, (string Name, string Value)[] variables)
    {
        string program = Path.Combine(AppContext.BaseDirectory, OperatingSystem.IsWindows() ? "Depth2Img.Cli.exe" : "Depth2Img.Cli");
        string[] all = [.. before, program, .. arguments];
        ProcessStartInfo start = new(all[0], all[1..]) { RedirectStandardOutput = true, RedirectStandardError = true };
        foreach (string inherited in start.Environment.Keys.Where(name => name.StartsWith("DEPTH2IMG_", StringComparison.Ordinal) && name != "DEPTH2IMG_CPU").ToArray()) start.Environment.Remove(inherited);
        start.Environment["DOTNET_ROOT"] = Path.GetFullPath(Path.Combine(RuntimeEnvironment.GetRuntimeDirectory(), "..", "..", ".."));
        foreach ((string name, string value) in variables) start.Environment[name] = value;
        return start;
    }
}
