using System.Net;
using Depth2Img.Server.Api;
using Depth2Img.Server.Api.Attended;
using Depth2Img.Server.Api.OpenAi;
using Depth2Img.Server.Api.OpenApi;
using Depth2Img.Server.Api.Sdapi;
using Depth2Img.Server.Api.V1;
using Depth2Img.Server.Engine;
using Depth2Img.Server.Http;
using Depth2Img.Server.Jobs;
using Depth2Img.Server.Observability;
using Depth2Img.Server.Options;
using Depth2Img.Server.Queue;
using Depth2Img.Server.Web;
using Depth2Img.Styles;
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
    private const int RequestBufferBytes = 128 << 10;

    /// <summary>How long the server's end may take: requests that are being answered have so long, and what is left then is cut off.</summary>
    public static TimeSpan ShutdownTimeout { get; } = TimeSpan.FromSeconds(30);

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
        Log(builder.Logging, options);
        builder.Services.Configure<ConsoleLoggerOptions>(console => console.LogToStandardErrorThreshold = LogLevel.Trace);
        builder.Services.AddRoutingCore();
        builder.Services.AddCors();
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
        // Of what nobody has asked for yet, so that connections that only send cannot fill the memory.
        kestrel.Limits.MaxRequestBufferSize = RequestBufferBytes;
        // Two families of addresses cannot share a port that is not known yet.
        if (options.Host.Equals("localhost", StringComparison.OrdinalIgnoreCase) && options.Port != 0) kestrel.ListenLocalhost(options.Port);
        else kestrel.Listen(options.Host.Equals("localhost", StringComparison.OrdinalIgnoreCase) ? IPAddress.Loopback : IPAddress.Parse(options.Host.Trim('[', ']')), options.Port);
    }

    private static void Log(ILoggingBuilder logging, ServerOptions options)
    {
        if (options.LogFormat == LogFormat.Json)
        {
            logging.AddJsonConsole(console =>
            {
                console.UseUtcTimestamp = true;
                console.TimestampFormat = "yyyy-MM-ddTHH:mm:ss.fffZ";
            });
        }
        else logging.AddSimpleConsole(console => console.SingleLine = true);
        logging.SetMinimumLevel(options.LogLevel);
        // The framework tells of every request and connection; what this server does is told by itself.
        logging.AddFilter("Microsoft", options.LogLevel < LogLevel.Warning ? LogLevel.Warning : options.LogLevel);
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
        services.AddSingleton<StyleLibrary>(_ => new StyleLibrary());
        services.AddSingleton<GenerationReader>();
        services.AddSingleton<StepTimes>();
        services.AddSingleton<SpeedTrial>();
        services.AddSingleton<PromptCounter>();
        services.AddSingleton<OpenApiDocument>();
        services.AddSingleton<PictureSettings>();
        services.AddSingleton<LayerService>();
        services.AddSingleton<DepthService>();
        services.AddSingleton<OperatorDepth>();
        services.AddSingleton<PictureWork>();
        services.AddSingleton<AttendedRuns>();
        services.AddSingleton<CheckpointNames>();
        services.AddSingleton<ClientOptionsStore>();
        services.AddSingleton<SdapiReader>();
        services.AddSingleton<SdapiRunner>();
        services.AddSingleton<OpenAiReader>();
        services.AddSingleton<OpenAiRunner>();
        services.AddSingleton<ExpiringFiles>();
        services.AddSingleton(new DepthLane(options.Limits.WaitingEstimates, options.Limits.WaitingEstimatesPerClient));
        services.AddSingleton(new BodyBudget(options.Limits));
        services.AddSingleton<PublicReason>();
        services.AddSingleton<IJobInputs>(provider => provider.GetRequiredService<JobFiles>());
        // Ended in the other order: what the engine leaves is written down after it.
        services.AddHostedService<JobKeeper>();
        if (options.Queue is null) services.AddSingleton<IJobExecutor, LocalExecutor>();
        else
        {
            services.AddSingleton<QueueExecutor>();
            services.AddSingleton<IJobExecutor>(provider => provider.GetRequiredService<QueueExecutor>());
            services.AddHostedService(provider => provider.GetRequiredService<QueueExecutor>());
        }
        services.AddHostedService<JobEngine>();
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
            foreach (string proxy in options.Proxies)
            {
                if (IPAddress.TryParse(proxy, out IPAddress? address)) forwarded.KnownProxies.Add(address);
                else forwarded.KnownIPNetworks.Add(System.Net.IPNetwork.Parse(proxy));
            }
            // As many hops as there are, each of which must be one of them.
            forwarded.ForwardLimit = null;
            application.UseForwardedHeaders(forwarded);
        }
        if (options.PathBase.Length > 0) application.UsePathBase(options.PathBase);
        // A map that cannot be read ends the start, not the first request for it.
        application.Services.GetRequiredService<OperatorDepth>();
        application.UseMiddleware<ErrorHandling>();
        if (options.CorsOrigins.Count > 0)
        {
            // Cookies are never let across: another site's page shows a key, or is nobody in particular.
            application.UseCors(cors => cors.WithOrigins([.. options.CorsOrigins]).AllowAnyMethod().WithHeaders("Authorization", "Content-Type", "Idempotency-Key", "Last-Event-ID", "X-API-Key")
                .WithExposedHeaders("Location", "Retry-After", "X-Depth-Model").SetPreflightMaxAge(TimeSpan.FromHours(1)));
        }
        application.UseMiddleware<Gate>();
        application.UseRouting();
        RouteGroupBuilder v1 = application.MapGroup("/api/v1");
        JobEndpoints.Map(v1);
        DepthEndpoints.Map(v1);
        LayerEndpoints.Map(v1);
        TokenEndpoints.Map(v1);
        SettingsEndpoints.Map(v1);
        StyleEndpoints.Map(v1);
        CatalogEndpoints.Map(v1);
        HistoryEndpoints.Map(v1);
        SdapiEndpoints.Map(application);
        OpenAiEndpoints.Map(application);
        HealthEndpoints.Map(application);
        MetricsEndpoint.Map(application);
        PageEndpoints.Map(application);
        OpenApiEndpoints.Map(application);
        application.MapFallback("{*path}", context => throw new ProblemException(new Problem(StatusCodes.Status404NotFound, "No such address", "There is nothing under this address.")));
        application.Services.GetRequiredService<IHostApplicationLifetime>().ApplicationStopping.Register(application.Services.GetRequiredService<JobService>().Drain);
    }
}
