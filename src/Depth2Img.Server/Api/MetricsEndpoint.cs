using Depth2Img.Server.Engine;
using Depth2Img.Server.Http;
using Depth2Img.Server.Jobs;
using Depth2Img.Server.Observability;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace Depth2Img.Server.Api;

/// <summary><c>GET /metrics</c>, for Prometheus.</summary>
internal static class MetricsEndpoint
{
    public static void Map(IEndpointRouteBuilder routes)
    {
        ServerMetrics metrics = routes.ServiceProvider.GetRequiredService<ServerMetrics>();
        JobService jobs = routes.ServiceProvider.GetRequiredService<JobService>();
        BodyBudget bodies = routes.ServiceProvider.GetRequiredService<BodyBudget>();
        DepthLane lane = routes.ServiceProvider.GetRequiredService<DepthLane>();
        metrics.Watch("depth2img.jobs.waiting", "Jobs that wait", () => jobs.Waiting);
        metrics.Watch("depth2img.estimates.waiting", "Depth estimates that wait", () => lane.Count);
        metrics.Watch("depth2img.ready", "1 if jobs are done", () => jobs.State == ServerState.Ready ? 1 : 0);
        metrics.Watch("depth2img.jobs.unsaved", "Ends of jobs that the data base did not take yet", () => jobs.Unsaved);
        metrics.Watch("depth2img.bodies_bytes", "Request bodies in hand", () => bodies.InHand);
        metrics.Watch("depth2img.memory_bytes", "Memory of the process", () => Environment.WorkingSet);
        routes.MapGet("/metrics", (PrometheusText text) => Results.Text(text.Write(), PrometheusText.ContentType));
    }
}
