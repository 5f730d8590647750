using System.Globalization;
using Depth2Img.Server.Http;
using Depth2Img.Server.Jobs;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Depth2Img.Server.Api.V1;

/// <summary>A caller's own finished jobs: <c>/api/v1/history</c>.</summary>
internal static class HistoryEndpoints
{
    private const int MostEntries = 200;

    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapGet("/history", List);
        routes.MapDelete("/history", ClearAll);
        routes.MapDelete("/history/{id}", Remove);
    }

    private static IResult List(HttpContext context, JobService jobs)
    {
        Faults faults = new();
        int limit = 50;
        if (context.Request.Query["limit"].ToString() is { Length: > 0 } text && !(int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out limit) && limit is >= 1 and <= MostEntries))
            faults.Add("limit", $"limit must be from 1 to {MostEntries}.");
        DateTimeOffset? before = null;
        if (context.Request.Query["before"].ToString() is { Length: > 0 } moment)
        {
            if (DateTimeOffset.TryParse(moment, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out DateTimeOffset parsed)) before = parsed;
            else faults.Add("before", "before must be a moment in ISO 8601, as an entry's created.");
        }
        faults.ThrowIfAny();
        IReadOnlyList<JobRecord> found = jobs.Finished(Caller.Of(context).Owner, limit, before);
        return Results.Json(new { jobs = found.Select(job => JobView.Of(job, jobs, JobEndpoints.RootOf(context))) }, ServerJson.Options);
    }

    private static IResult Remove(string id, HttpContext context, JobService jobs)
    {
        JobRecord job = JobEndpoints.Require(id, context, jobs);
        if (job.Owner != Caller.Of(context).Owner) throw new ProblemException(new Problem(StatusCodes.Status404NotFound, "No such job", "Your history has no job of this name."));
        if (!job.IsFinished) throw new ProblemException(new Problem(StatusCodes.Status409Conflict, "The job is not finished", "Only finished jobs can be removed; cancel it first."));
        jobs.Forget(job.Id);
        return Results.NoContent();
    }

    private static IResult ClearAll(HttpContext context, JobService jobs)
    {
        int removed = 0;
        while (jobs.Finished(Caller.Of(context).Owner, MostEntries) is { Count: > 0 } page)
        {
            foreach (JobRecord job in page) jobs.Forget(job.Id);
            removed += page.Count;
        }
        return Results.Json(new { removed }, ServerJson.Options);
    }
}
