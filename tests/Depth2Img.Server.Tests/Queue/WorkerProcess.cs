using System.Diagnostics;
using System.Runtime.InteropServices;
using System.Text;
using Depth2Img.Server.Queue;

namespace Depth2Img.Server.Tests.Queue;

/// <summary><c>depth2img worker</c> as a process of its own.</summary>
internal sealed class WorkerProcess : IAsyncDisposable
{
    private readonly Process _process;
    private readonly StringBuilder _said = new();

    public WorkerProcess(QueueAddress address, params string[] arguments)
    {
        ProcessStartInfo start = new(Path.Combine(AppContext.BaseDirectory, "Depth2Img.Cli"), ["worker", .. arguments]) { RedirectStandardOutput = true, RedirectStandardError = true };
        start.Environment["DOTNET_ROOT"] = Path.GetFullPath(Path.Combine(RuntimeEnvironment.GetRuntimeDirectory(), "..", "..", ".."));
        start.Environment[QueueAddress.Variable] = address.Uri.OriginalString;
        _process = Process.Start(start)!;
        DataReceivedEventHandler keep = (_, line) =>
        {
            lock (_said) _said.AppendLine(line.Data);
        };
        _process.OutputDataReceived += keep;
        _process.ErrorDataReceived += keep;
        _process.BeginOutputReadLine();
        _process.BeginErrorReadLine();
    }

    /// <summary>What it wrote, on both streams.</summary>
    public string Said
    {
        get
        {
            lock (_said) return _said.ToString();
        }
    }

    public bool HasExited => _process.HasExited;

    /// <summary>Waits until it takes jobs.</summary>
    public Task ReadyAsync() => Soon.HoldsAsync(() =>
    {
        Assert.False(_process.HasExited, $"The worker ended: {Said}");
        return Said.Contains("taking jobs", StringComparison.Ordinal);
    }, "the worker takes jobs");

    /// <summary>Ends it at once, wherever it is.</summary>
    public async Task KillAsync()
    {
        _process.Kill();
        await _process.WaitForExitAsync();
    }

    /// <summary>Asks it to end, as a service manager does.</summary>
    /// <returns>Its exit code.</returns>
    public async Task<int> StopAsync()
    {
        using Process asking = Process.Start("kill", ["-TERM", $"{_process.Id}"]);
        await asking.WaitForExitAsync();
        await _process.WaitForExitAsync();
        return _process.ExitCode;
    }

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited) await KillAsync();
        _process.Dispose();
    }
}
