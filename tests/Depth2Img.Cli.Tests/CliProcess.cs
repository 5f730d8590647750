using System.Diagnostics;
using System.Runtime.InteropServices;

namespace Depth2Img.Cli.Tests;

/// <summary>The program as a process of its own, with an environment of its own: no cache, token or proxy of the machine's.</summary>
internal sealed class CliProcess : IDisposable
{
    private readonly Process _process;
    private readonly Task<string> _output;
    private readonly Task<string> _error;

    /// <summary>Starts the program.</summary>
    /// <param name="hub">The hub it is to ask.</param>
    /// <param name="home">The folder that its cache is made in.</param>
    /// <param name="args">The arguments.</param>
    /// <param name="variables">Further variables of the environment.</param>
    public CliProcess(Uri hub, string home, string[] args, params (string Name, string Value)[] variables)
    {
        string name = OperatingSystem.IsWindows() ? "Depth2Img.Cli.exe" : "Depth2Img.Cli";
        ProcessStartInfo start = new(Path.Combine(AppContext.BaseDirectory, name), args) { RedirectStandardOutput = true, RedirectStandardError = true };
        foreach (string inherited in start.Environment.Keys.Where(IsOfTheHub).ToArray()) start.Environment.Remove(inherited);
        start.Environment["DOTNET_ROOT"] = Path.GetFullPath(Path.Combine(RuntimeEnvironment.GetRuntimeDirectory(), "..", "..", ".."));
        start.Environment["HF_HOME"] = home;
        start.Environment["HF_ENDPOINT"] = hub.AbsoluteUri;
        foreach ((string variable, string value) in variables) start.Environment[variable] = value;
        _process = Process.Start(start)!;
        _output = _process.StandardOutput.ReadToEndAsync();
        _error = _process.StandardError.ReadToEndAsync();
    }

    public int Id => _process.Id;

    /// <summary>What it did, once it is done.</summary>
    public async Task<CliRun> EndAsync()
    {
        await _process.WaitForExitAsync();
        return new CliRun(_process.ExitCode, await _output, await _error);
    }

    public bool HasExited => _process.HasExited;

    /// <summary>Ends it as the system does when memory runs out: at once, wherever it is.</summary>
    public async Task KillAsync()
    {
        _process.Kill();
        await _process.WaitForExitAsync();
    }

    public void Dispose()
    {
        if (!_process.HasExited) _process.Kill();
        _process.Dispose();
    }

    private static bool IsOfTheHub(string name) =>
        name.StartsWith("HF_", StringComparison.Ordinal) || name.StartsWith("HUGGING", StringComparison.Ordinal) || name is "TRANSFORMERS_OFFLINE" || name.EndsWith("_proxy", StringComparison.OrdinalIgnoreCase);
}
