using System.Net.Http.Json;
using System.Text.Json.Nodes;
using Depth2Img.Checkpoints;
using Depth2Img.Server.Jobs;
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
    private bool _stopped;

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

    /// <summary>Asks for a small job, and gives its view.</summary>
    public async Task<JsonNode> SubmitAsync(string prompt = "a red ball", string? key = null)
    {
        using HttpRequestMessage request = new(HttpMethod.Post, "/api/v1/jobs") { Content = JsonContent.Create(new { image = Convert.ToBase64String(Samples.SmallPicture()), prompt, steps = 1, size = "64x64", seed = 1 }) };
        if (key is not null) request.Headers.Add("X-API-Key", key);
        HttpResponseMessage answer = await Client.SendAsync(request);
        Assert.Equal(System.Net.HttpStatusCode.Accepted, answer.StatusCode);
        return (await answer.Content.ReadFromJsonAsync<JsonNode>())!;
    }

    /// <summary>Waits until no job waits or runs.</summary>
    public async Task DrainAsync()
    {
        JobStore store = Services.GetRequiredService<JobStore>();
        await Until.TrueAsync(() => store.Unfinished().Count == 0, "all jobs are over");
    }

    /// <summary>Stops the server, as a signal does.</summary>
    public async Task StopAsync()
    {
        if (_stopped) return;
        _stopped = true;
        await _application.StopAsync();
    }

    public async ValueTask DisposeAsync()
    {
        Client.Dispose();
        await StopAsync();
        await _application.DisposeAsync();
        if (_ownsFolder) _folder.Dispose();
    }
}
