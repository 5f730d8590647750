using System.Text;
using Depth2Img.Server.Api.V1;
using Depth2Img.Server.Engine;
using Depth2Img.Server.Http;
using Depth2Img.Server.Jobs;
using Depth2Img.Server.Options;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Net.Http.Headers;

namespace Depth2Img.Server.Web;

/// <summary>What people see: the page with its files, and the form and job pages that do without scripts.</summary>
internal static class PageEndpoints
{
    private const string Html = "text/html; charset=utf-8";
    private static readonly string[] Reading = [HttpMethods.Get, HttpMethods.Head];

    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapMethods("/", Reading, Page).WithSummary("The page for people");
        routes.MapMethods("/assets/{**path}", Reading, File).WithSummary("A file of the page");
        routes.MapPost("/jobs", SubmitAsync).WithSummary("A job from the page's form, where no scripts run");
        routes.MapGet("/jobs/{id}", Job).WithSummary("A job as a page");
        routes.MapPost("/jobs/{id}/cancel", CancelAsync).WithSummary("Takes back a job from its page");
    }

    /// <summary>Whether an address needs no key: what asks for the key must be seen without it.</summary>
    public static bool IsOpen(PathString path) => path.Value is "/" or "" or null || WebFiles.All.ContainsKey(path.Value);

    private static IResult Page(HttpContext context, ModelPool models, KeyRing keys)
    {
        PageHeaders.Apply(context.Response);
        // The page's addresses are relative to its folder, and a folder ends in a slash.
        if (context.Request.Path.Value is null or "") return Results.Redirect($"{context.Request.PathBase}/");
        StringBuilder scripts = new();
        foreach (string script in WebFiles.FirstScripts) scripts.Append("<link rel=\"modulepreload\" href=\"").Append(script.AsSpan(1)).Append("\">\n  ");
        string page = WebFiles.PageTemplate.Replace("<!--modules-->", scripts.ToString().TrimEnd(), StringComparison.Ordinal)
            .Replace("<!--plain-->", PlainPages.Form(FormToken.Of(context), models, keys.IsNeeded), StringComparison.Ordinal);
        byte[] content = Encoding.UTF8.GetBytes(page);
        context.Response.Headers.CacheControl = "private, no-cache";
        return Results.Bytes(content, Html, entityTag: WebFiles.TagOf(content));
    }

    private static IResult File(HttpContext context)
    {
        if (!WebFiles.All.TryGetValue(context.Request.Path.Value ?? "", out WebFile? file))
            throw new ProblemException(new Problem(StatusCodes.Status404NotFound, "No such address", "There is nothing under this address."));
        PageHeaders.Apply(context.Response);
        // Looked up again each time, and sent only if changed: a new version of the program must not meet the old one's scripts.
        context.Response.Headers.CacheControl = "no-cache";
        context.Response.Headers.Vary = "Accept-Encoding";
        if (file.Compressed is null || !TakesGzip(context.Request)) return Results.Bytes(file.Content, file.ContentType, entityTag: file.Tag);
        context.Response.Headers.ContentEncoding = "gzip";
        // Other bytes, another tag.
        return Results.Bytes(file.Compressed, file.ContentType, entityTag: new EntityTagHeaderValue($"{file.Tag.Tag.Value![..^1]}-gzip\""));
    }

    private static bool TakesGzip(HttpRequest request) =>
        request.GetTypedHeaders().AcceptEncoding.Any(encoding => encoding.Value.Equals("gzip", StringComparison.OrdinalIgnoreCase) && encoding.Quality is not 0);

    private static async Task<IResult> SubmitAsync(HttpContext context, JobService jobs, GenerationReader reader, SubmissionChecker checker, ServerOptions options, TimeProvider time)
    {
        Caller caller = Caller.Of(context);
        JobAdmission.Require(jobs, caller);
        RequestBody body = await RequestBody.ReadAsync(context, options.Limits).ConfigureAwait(false);
        FormToken.Require(context, body.Fields);
        Faults faults = new();
        (GenerationParameters parameters, Dictionary<string, byte[]> inputs) = reader.Read(body, faults);
        GenerationSubmission submission = await checker.CheckAsync(parameters, inputs, faults, context.RequestAborted).ConfigureAwait(false);
        LiveJob job = JobAdmission.Submit(submission, caller, attended: false, idempotency: null, jobs, time);
        return SeeOther(context, $"jobs/{job.Record.Id}");
    }

    private static IResult Job(string id, HttpContext context, JobService jobs)
    {
        JobRecord job = JobEndpoints.Require(id, context, jobs);
        string root = PlainPages.RootFrom(context.Request);
        // A comparison has a page of its own, and its figure here.
        string page = PlainPages.Job(job, job.State == JobState.Queued ? jobs.PositionOf(job.Id) : null, jobs.FindLive(job.Id)?.Progress, FormToken.Of(context), root);
        PageHeaders.Apply(context.Response);
        context.Response.Headers.CacheControl = "private, no-store";
        return Results.Text(page, Html, Encoding.UTF8);
    }

    private static async Task<IResult> CancelAsync(string id, HttpContext context, JobService jobs, ServerOptions options)
    {
        JobRecord job = JobEndpoints.Require(id, context, jobs);
        RequestBody body = await RequestBody.ReadAsync(context, options.Limits).ConfigureAwait(false);
        FormToken.Require(context, body.Fields);
        if (jobs.FindLive(job.Id) is { } live) jobs.Cancel(live);
        return SeeOther(context, $"../{job.Id}");
    }

    /// <summary>Has the browser get another page, so that a reload sends no form again. The address is relative, for proxies that say nothing of the path that they serve this under.</summary>
    private static IResult SeeOther(HttpContext context, string address)
    {
        PageHeaders.Apply(context.Response);
        context.Response.Headers.Location = address;
        return Results.StatusCode(StatusCodes.Status303SeeOther);
    }
}
