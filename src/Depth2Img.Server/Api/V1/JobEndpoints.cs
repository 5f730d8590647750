using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Depth2Img.Server.Events;
using Depth2Img.Server.Http;
using Depth2Img.Server.Jobs;
using Depth2Img.Server.Options;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.Hosting;

namespace Depth2Img.Server.Api.V1;

/// <summary>Jobs: <c>POST /api/v1/jobs</c>, their state, events, files, and their end.</summary>
internal static class JobEndpoints
{
    private static readonly TimeSpan Heartbeat = TimeSpan.FromSeconds(15);
    private static readonly TimeSpan IdempotencyLife = TimeSpan.FromHours(24);

    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapPost("/jobs", SubmitAsync);
        routes.MapPost("/compare", SubmitComparisonAsync);
        routes.MapGet("/jobs/{id}", Get);
        routes.MapGet("/jobs/{id}/events", StreamAsync);
        routes.MapGet("/jobs/{id}/files/{name}", File);
        routes.MapGet("/jobs/{id}/inputs/{name}", Input);
        routes.MapDelete("/jobs/{id}", Cancel);
    }

    /// <summary>The path that answers' addresses begin with.</summary>
    public static string RootOf(HttpContext context) => context.Request.PathBase.Value ?? "";

    /// <summary>The job of a request, if the caller may see it.</summary>
    /// <exception cref="ProblemException">There is none.</exception>
    public static JobRecord Require(string id, HttpContext context, JobService jobs)
    {
        JobRecord? job = id.Length == 32 && id.All(char.IsAsciiHexDigitLower) ? jobs.Find(id) : null;
        if (job is null || !Caller.Of(context).MaySee(job)) throw new ProblemException(new Problem(StatusCodes.Status404NotFound, "No such job", "There is no job of this name, or no longer."));
        return job;
    }

    private static Task<IResult> SubmitAsync(HttpContext context, JobService jobs, GenerationReader reader, SubmissionChecker checker, ServerOptions options, TimeProvider time) =>
        ReceiveAsync(context, reader.Read, jobs, checker, options, time);

    private static Task<IResult> SubmitComparisonAsync(HttpContext context, JobService jobs, GenerationReader reader, SubmissionChecker checker, ServerOptions options, TimeProvider time) =>
        ReceiveAsync(context, reader.ReadComparison, jobs, checker, options, time);

    private static async Task<IResult> ReceiveAsync(
        HttpContext context, Func<RequestBody, Faults, (GenerationParameters, Dictionary<string, byte[]>)> read, JobService jobs, SubmissionChecker checker, ServerOptions options, TimeProvider time)
    {
        Caller caller = Caller.Of(context);
        // Before the body is read; a repeated request is answered even when the queue is full.
        if (context.Request.Headers["Idempotency-Key"].Count == 0) JobAdmission.Require(jobs, caller);
        else JobAdmission.RequireWorking(jobs);
        RequestBody body = await RequestBody.ReadAsync(context, options.Limits).ConfigureAwait(false);
        IdempotencyKey? idempotency = ReadIdempotencyKey(context, body);
        using IDisposable? held = idempotency is null ? null : await jobs.HoldAsync(caller.Client, idempotency.Key, context.RequestAborted).ConfigureAwait(false);
        if (idempotency is not null && FindRepeated(idempotency, caller, jobs, time) is { } known) return Accepted(known, jobs, context);

        Faults faults = new();
        (GenerationParameters parameters, Dictionary<string, byte[]> inputs) = read(body, faults);
        GenerationSubmission submission = await checker.CheckAsync(parameters, inputs, faults, context.RequestAborted).ConfigureAwait(false);
        LiveJob job = JobAdmission.Submit(submission, caller, attended: false, idempotency, jobs, time);
        return Accepted(job.Record, jobs, context);
    }

    private static IResult Accepted(JobRecord job, JobService jobs, HttpContext context)
    {
        JobView view = JobView.Of(job, jobs, RootOf(context));
        context.Response.Headers.Location = view.Links.Self;
        return Results.Json(view, ServerJson.Options, statusCode: StatusCodes.Status202Accepted);
    }

    private static IResult Get(string id, HttpContext context, JobService jobs) =>
        Results.Json(JobView.Of(Require(id, context, jobs), jobs, RootOf(context)), ServerJson.Options);

    private static IResult Cancel(string id, HttpContext context, JobService jobs)
    {
        JobRecord job = Require(id, context, jobs);
        bool afterPicture = IsAfterPicture(context.Request.Query["after"].ToString());
        if (jobs.FindLive(job.Id) is { } live)
        {
            if (afterPicture) jobs.EndAfterPicture(live);
            else jobs.Cancel(live);
        }
        return Results.Json(JobView.Of(Require(id, context, jobs), jobs, RootOf(context)), ServerJson.Options);
    }

    private static bool IsAfterPicture(string after)
    {
        if (after.Length == 0) return false;
        if (after == "picture") return true;
        throw new ProblemException(Problem.Invalid("after", $"after is '{ShortText.Of(after)}'; picture is expected, or nothing to stop at once."));
    }

    private static IResult File(string id, string name, HttpContext context, JobService jobs, JobFiles files)
    {
        JobRecord job = Require(id, context, jobs);
        bool withTexts = ReadMetadata(context.Request.Query["metadata"].ToString());
        JobResult? result = job.Result is null ? null : ServerJson.Read<JobResult>(job.Result);
        // Only names that the server gave are looked for.
        ResultFile? file = result?.Find(name);
        if (file is null) throw new ProblemException(new Problem(StatusCodes.Status404NotFound, "No such file", "The job has no file of this name, or not yet."));
        if (files.Read(job.Id, file.Name) is not { } data) throw new ProblemException(new Problem(StatusCodes.Status404NotFound, "No such file", "The file is no longer kept."));
        context.Response.Headers.CacheControl = "private, max-age=604800, immutable";
        // A comparison's page has a script of its own; it runs as a page of no origin, and can reach nothing.
        if (file == result!.Page) context.Response.Headers.ContentSecurityPolicy = "sandbox allow-scripts; default-src 'none'; img-src data:; style-src 'unsafe-inline'; script-src 'unsafe-inline'";
        return Results.Bytes(withTexts ? data : PictureTexts.Remove(data), file.ContentType);
    }

    private static bool ReadMetadata(string metadata) => metadata switch
    {
        "" or "true" => true,
        "false" => false,
        _ => throw new ProblemException(Problem.Invalid("metadata", $"metadata is '{ShortText.Of(metadata)}'; true or false is expected.")),
    };

    private static IResult Input(string id, string name, HttpContext context, JobService jobs, JobFiles files)
    {
        JobRecord job = Require(id, context, jobs);
        if (!GenerationInputs.Names.Contains(name) || files.Read(job.Id, name) is not { } data)
            throw new ProblemException(new Problem(StatusCodes.Status404NotFound, "No such file", "The job was given no file of this name."));
        context.Response.Headers.CacheControl = "private, max-age=604800, immutable";
        return Results.Bytes(data, data is [0x89, 0x50, ..] ? "image/png" : data is [0xFF, 0xD8, ..] ? "image/jpeg" : "application/octet-stream");
    }

    /// <summary>Sends what happened and what happens, as server-sent events; a listener that comes back names the last event that it has seen.</summary>
    private static async Task StreamAsync(string id, HttpContext context, JobService jobs, IHostApplicationLifetime lifetime)
    {
        JobRecord job = Require(id, context, jobs);
        // A stream that is open must not hold up the server's end.
        using CancellationTokenSource ending = CancellationTokenSource.CreateLinkedTokenSource(context.RequestAborted, lifetime.ApplicationStopping);
        long? after = long.TryParse(context.Request.Headers["Last-Event-ID"], NumberStyles.None, CultureInfo.InvariantCulture, out long last) ? last : null;
        context.Response.ContentType = "text/event-stream";
        context.Response.Headers.CacheControl = "no-store";
        context.Response.Headers["X-Accel-Buffering"] = "no";
        context.Features.Get<IHttpResponseBodyFeature>()?.DisableBuffering();
        if (jobs.FindLive(id) is not { } live)
        {
            // Finished before this process remembers: the end is all that is left to tell.
            string type = job.State switch { JobState.Done => JobEventTypes.Done, JobState.Failed => JobEventTypes.Failed, _ => JobEventTypes.Cancelled };
            await WriteAsync(context, new JobEvent(0, type, ServerJson.Write(new { id, reason = job.Error }))).ConfigureAwait(false);
            return;
        }
        await using IAsyncEnumerator<JobEvent> events = live.Events.ListenAsync(after, ending.Token).GetAsyncEnumerator(ending.Token);
        Task<bool> next = events.MoveNextAsync().AsTask();
        try
        {
            while (true)
            {
                if (await Task.WhenAny(next, Task.Delay(Heartbeat, ending.Token)).ConfigureAwait(false) != next)
                {
                    if (ending.IsCancellationRequested) break;
                    // A comment keeps proxies from closing an idle connection.
                    await context.Response.WriteAsync(": \n\n", context.RequestAborted).ConfigureAwait(false);
                    await context.Response.Body.FlushAsync(context.RequestAborted).ConfigureAwait(false);
                    continue;
                }
                if (next.IsCanceled || !await next.ConfigureAwait(false)) break;
                await WriteAsync(context, events.Current).ConfigureAwait(false);
                next = events.MoveNextAsync().AsTask();
            }
        }
        finally
        {
            await ((Task)next).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private static async Task WriteAsync(HttpContext context, JobEvent happened)
    {
        await context.Response.WriteAsync(string.Create(CultureInfo.InvariantCulture, $"id: {happened.Id}\nevent: {happened.Type}\ndata: {happened.Data}\n\n"), context.RequestAborted).ConfigureAwait(false);
        await context.Response.Body.FlushAsync(context.RequestAborted).ConfigureAwait(false);
    }

    private static IdempotencyKey? ReadIdempotencyKey(HttpContext context, RequestBody body)
    {
        string key = context.Request.Headers["Idempotency-Key"].ToString();
        if (key.Length == 0) return null;
        if (key.Length > 200) throw new ProblemException(new Problem(StatusCodes.Status400BadRequest, "The request is malformed", $"The Idempotency-Key has {key.Length} characters; at most 200 are taken."));
        using IncrementalHash hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        // A comparison is another request than a generation of the same fields.
        hash.AppendData(Encoding.UTF8.GetBytes($"{context.Request.Path}\n{body.Fields.ToJsonString()}"));
        foreach ((string name, byte[] content) in body.Files.OrderBy(f => f.Key, StringComparer.Ordinal))
        {
            hash.AppendData(Encoding.UTF8.GetBytes($"\n{name}\n{content.Length}\n"));
            hash.AppendData(content);
        }
        return new IdempotencyKey(key, Convert.ToHexStringLower(hash.GetHashAndReset()));
    }

    private static JobRecord? FindRepeated(IdempotencyKey idempotency, Caller caller, JobService jobs, TimeProvider time)
    {
        if (jobs.FindIdempotent(caller.Client, idempotency.Key, time.GetUtcNow() - IdempotencyLife) is not { } known) return null;
        if (known.Body != idempotency.Body)
            throw new ProblemException(new Problem(StatusCodes.Status422UnprocessableEntity, "The key was used for another request", "This Idempotency-Key came with another request before; take a new key for a new request."));
        return jobs.Find(known.Job);
    }
}
