using Depth2Img.Server.Http;
using Depth2Img.Server.Jobs;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Depth2Img.Server.Api;

/// <summary>What watches the server: <c>/health/live</c> and <c>/health/ready</c>.</summary>
internal static class HealthEndpoints
{
    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapGet("/health/live", () => Results.Json(new { status = "live" }, ServerJson.Options));
        routes.MapGet("/health/ready", (HttpContext context, JobService jobs) => jobs.State == ServerState.Ready
            ? Results.Json(new { status = "ready", waiting = jobs.Waiting }, ServerJson.Options)
            : NotReady(context, jobs));
    }

    private static IResult NotReady(HttpContext context, JobService jobs)
    {
        try
        {
            JobAdmission.RequireWorking(jobs);
            return Results.Json(new { status = "ready", waiting = jobs.Waiting }, ServerJson.Options);
        }
        catch (ProblemException e)
        {
            return e.Problem.ToResult(context);
        }
    }
}
