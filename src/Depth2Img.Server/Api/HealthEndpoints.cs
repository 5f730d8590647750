using Depth2Img.Server.Http;
using Depth2Img.Server.Jobs;
using Depth2Img.Server.Queue;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace Depth2Img.Server.Api;

/// <summary>What watches the server: <c>/health/live</c> and <c>/health/ready</c>.</summary>
internal static class HealthEndpoints
{
    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapGet("/health/live", () => Results.Json(new { status = "live" }, ServerJson.Options));
        // Without a queue there is none to tell of.
        QueueExecutor? queue = routes.ServiceProvider.GetService<QueueExecutor>();
        routes.MapGet("/health/ready", (HttpContext context, JobService jobs) => Ready(context, jobs, queue));
    }

    /// <summary>
    /// While the broker cannot be reached the server is ready: it takes jobs, as many as it lets wait. The answer says that
    /// they wait.
    /// </summary>
    private static IResult Ready(HttpContext context, JobService jobs, QueueExecutor? queue)
    {
        try
        {
            JobAdmission.RequireWorking(jobs);
            return Results.Json(new { status = "ready", waiting = jobs.Waiting, queue = queue is null ? null : new { connected = queue.IsConnected, workers = queue.Workers } }, ServerJson.Options);
        }
        catch (ProblemException e)
        {
            return e.Problem.ToResult(context);
        }
    }
}
