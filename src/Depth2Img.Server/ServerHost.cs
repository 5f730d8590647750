using System.Net;
using Depth2Img.Server.Api;
using Depth2Img.Server.Api.V1;
using Depth2Img.Server.Engine;
using Depth2Img.Server.Http;
using Depth2Img.Server.Jobs;
using Depth2Img.Server.Observability;
using Depth2Img.Server.Options;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.HttpOverrides;
using Microsoft.AspNetCore.Routing;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Console;

namespace Depth2Img.Server;

/// <summary>Puts the server together.</summary>
public static class ServerHost
{
    private const int LeastThreads = 16;
    private static readonly TimeSpan ShutdownTimeout = TimeSpan.FromSeconds(30);

    /// <summary>Makes a server that is not yet running.</summary>
    /// <param name="options">How it runs.</param>
    /// <param name="configure">Puts in other services, for tests and hosts of one's own; null for none.</param>
    /// <exception cref="Depth2ImgException">An option cannot be used, a model is not there, or the data folder cannot be.</exception>
    public static WebApplication Build(ServerOptions options, Action<WebApplicationBuilder>? configure = null)
    {
        ArgumentNullException.ThrowIfNull(options);
        options.Validate();
        options.DataFolder = Path.GetFullPath(options.DataFolder);
        // A running job and the checks of new ones hold threads of the pool: without some more, requests would wait for them.
        ThreadPool.GetMinThreads(out int workers, out int completions);
        ThreadPool.SetMinThreads(Math.Max(workers, LeastThreads), completions);
        // Nothing is read from the working directory: a foreign folder's appsettings must not configure a server.
        WebApplicationBuilder builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel => Configure(kestrel, options));
        builder.Logging.AddSimpleConsole(console => console.SingleLine = true);
        builder.Logging.SetMinimumLevel(LogLevel.Warning);
        builder.Services.Configure<ConsoleLoggerOptions>(console => console.LogToStandardErrorThreshold = LogLevel.Trace);
        builder.Services.AddRoutingCore();
        builder.Services.Configure<HostOptions>(host => host.ShutdownTimeout = ShutdownTimeout);
        AddServices(builder.Services, options);
        configure?.Invoke(builder);
        WebApplication application = builder.Build();
        Use(application, options);
        return application;
    }

    private static void Configure(KestrelServerOptions kestrel, ServerOptions options)
    {
        kestrel.AddServerHeader = false;
        kestrel.Limits.MaxRequestBodySize = options.Limits.BodyBytes;
        kestrel.Limits.RequestHeadersTimeout = TimeSpan.FromSeconds(20);
        kestrel.Limits.MinRequestBodyDataRate = new MinDataRate(bytesPerSecond: 240, gracePeriod: TimeSpan.FromSeconds(10));
        kestrel.Limits.MaxConcurrentConnections = 1000;
        if (options.Host.Equals("localhost", StringComparison.OrdinalIgnoreCase)) kestrel.ListenLocalhost(options.Port);
        else if (IPAddress.TryParse(options.Host.Trim('[', ']'), out IPAddress? address)) kestrel.Listen(address, options.Port);
        else throw new Depth2ImgException($"Host is '{options.Host}'; an address of this machine is expected, such as 127.0.0.1 or 0.0.0.0.");
    }

    private static void AddServices(IServiceCollection services, ServerOptions options)
    {
        JobStore store = OpenStore(options);
        services.AddSingleton(options);
        services.AddSingleton(TimeProvider.System);
        services.AddSingleton(_ => store);
        services.AddSingleton(new JobFiles(Path.Combine(options.DataFolder, "jobs")));
        services.AddSingleton(new PrometheusText("Depth2Img"));
        services.AddSingleton<ServerMetrics>();
        services.AddSingleton<KeyRing>();
        services.AddSingleton<ModelPool>();
        services.AddSingleton<JobService>();
        services.AddSingleton<SubmissionChecker>();
        services.AddSingleton<DepthService>();
        services.AddSingleton(new DepthLane(options.Limits.WaitingEstimates));
        services.AddSingleton<IJobExecutor, LocalExecutor>();
        services.AddHostedService<JobEngine>();
        services.AddHostedService<JobKeeper>();
        services.AddLogging();
    }

    private static JobStore OpenStore(ServerOptions options)
    {
        try
        {
            Directory.CreateDirectory(options.DataFolder);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new Depth2ImgException($"The data folder '{options.DataFolder}' cannot be made: {e.Message}", e);
        }
        FileStream held;
        try
        {
            // Goes with the process: of two servers on one folder each would take the other's jobs for left ones.
            held = new FileStream(Path.Combine(options.DataFolder, "server.lock"), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
        }
        catch (IOException e)
        {
            throw new Depth2ImgException($"The data folder '{options.DataFolder}' is in use by another server, or cannot be written; name another with --data.", e);
        }
        try
        {
            return new JobStore(Path.Combine(options.DataFolder, "jobs.db"), held);
        }
        catch
        {
            held.Dispose();
            throw;
        }
    }

    private static void Use(WebApplication application, ServerOptions options)
    {
        if (options.Proxies.Count > 0)
        {
            ForwardedHeadersOptions forwarded = new() { ForwardedHeaders = ForwardedHeaders.XForwardedFor | ForwardedHeaders.XForwardedProto | ForwardedHeaders.XForwardedHost };
            forwarded.KnownProxies.Clear();
            forwarded.KnownIPNetworks.Clear();
            foreach (string proxy in options.Proxies) forwarded.KnownProxies.Add(IPAddress.Parse(proxy));
            application.UseForwardedHeaders(forwarded);
        }
        if (options.PathBase.Length > 0) application.UsePathBase(options.PathBase);
        application.UseMiddleware<ErrorHandling>();
        application.UseMiddleware<Gate>();
        application.UseRouting();
        RouteGroupBuilder v1 = application.MapGroup("/api/v1");
        JobEndpoints.Map(v1);
        DepthEndpoints.Map(v1);
        CatalogEndpoints.Map(v1);
        HistoryEndpoints.Map(v1);
        HealthEndpoints.Map(application);
        MetricsEndpoint.Map(application);
        application.MapFallback("{*path}", context => throw new ProblemException(new Problem(StatusCodes.Status404NotFound, "No such address", "There is nothing under this address.")));
        application.Services.GetRequiredService<IHostApplicationLifetime>().ApplicationStopping.Register(application.Services.GetRequiredService<JobService>().Drain);
    }
}
