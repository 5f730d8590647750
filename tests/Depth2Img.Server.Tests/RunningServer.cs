using System.Net.Http.Json;
using System.Text.Json.Nodes;
using Depth2Img.Checkpoints;
using Depth2Img.Server.Options;
using Depth2Img.TestSupport;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.Extensions.DependencyInjection;

namespace Depth2Img.Server.Tests;

/// <summary>A server on a free port of this machine, with a data folder of its own, that is gone when disposed.</summary>
internal sealed class RunningServer : IAsyncDisposable
{
    private readonly TemporaryFolder _folder;
    private readonly bool _ownsFolder;
    private WebApplication _application = null!;

    private RunningServer(TemporaryFolder folder, bool ownsFolder)
    {
        _folder = folder;
        _ownsFolder = ownsFolder;
    }

    public Uri Address { get; private set; } = null!;

    public HttpClient Client { get; private set; } = null!;

    public IServiceProvider Services => _application.Services;

    public string DataFolder => _folder.Path;

    /// <summary>Starts a server with the tiny checkpoint and waits until it is ready.</summary>
    public static async Task<RunningServer> StartAsync(Action<ServerOptions>? options = null, TemporaryFolder? folder = null, Action<WebApplicationBuilder>? configure = null, bool waitUntilReady = true)
    {
        RunningServer server = new(folder ?? new TemporaryFolder(), ownsFolder: folder is null);
        ServerOptions chosen = new() { Port = 0, DataFolder = server._folder.Path };
        chosen.Models.Add(EmbeddedModels.DemoName);
        options?.Invoke(chosen);
        server._application = ServerHost.Build(chosen, configure);
        await server._application.StartAsync();
        server.Address = new Uri(server._application.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First());
        server.Client = new HttpClient { BaseAddress = server.Address, Timeout = TimeSpan.FromMinutes(5) };
        if (waitUntilReady)
        {
            while (!(await server.Client.GetAsync("/health/ready")).IsSuccessStatusCode) await Task.Delay(50);
        }
        return server;
    }

    /// <summary>Waits until a job is as wanted; fails if its life ends otherwise.</summary>
    public async Task<JsonNode> WaitAsync(string job, Func<JsonNode, bool> wanted)
    {
        while (true)
        {
            JsonNode found = (await Client.GetFromJsonAsync<JsonNode>(job))!;
            if (wanted(found)) return found;
            Assert.Contains((string?)found["state"], (string[])["queued", "running"]);
            await Task.Delay(20);
        }
    }

    public async ValueTask DisposeAsync()
    {
        Client.Dispose();
        await _application.StopAsync();
        await _application.DisposeAsync();
        if (_ownsFolder) _folder.Dispose();
    }
}
