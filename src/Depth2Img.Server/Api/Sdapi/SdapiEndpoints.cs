using System.Globalization;
using System.Text.Json.Nodes;
using Depth2Img.Server.Api.Attended;
using Depth2Img.Server.Http;
using Depth2Img.Server.Jobs;
using Depth2Img.Server.Options;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Depth2Img.Server.Api.Sdapi;

/// <summary>AUTOMATIC1111's API, <c>/sdapi/v1</c>: pictures while the client waits, and how far they are.</summary>
internal static class SdapiEndpoints
{
    /// <summary>The family's tag in the API's description.</summary>
    public const string Tag = "sdapi";

    /// <summary>What progress begins at, so that clients see that something has.</summary>
    private const double FirstProgress = 0.01;

    public static void Map(IEndpointRouteBuilder routes)
    {
        RouteGroupBuilder group = routes.MapGroup("/sdapi/v1");
        group.WithTags(Tag);
        group.MapPost("/img2img", (HttpContext context, SdapiRunner runner) => runner.RunAsync(context, isImageToImage: true)).WithSummary("A picture from a picture and its depth");
        group.MapPost("/txt2img", (HttpContext context, SdapiRunner runner) => runner.RunAsync(context, isImageToImage: false)).WithSummary("A picture from depth alone");
        group.MapGet("/progress", Progress).WithSummary("How far the caller's request is");
        group.MapPost("/interrupt", Interrupt).WithSummary("Ends the caller's request with what is there");
        group.MapPost("/skip", Skip).WithSummary("Goes on to the next picture of the caller's request");
        group.MapPost("/png-info", PngInfoAsync).WithSummary("The settings inside a picture");
        SdapiCatalog.Map(group);
        ControlNetEndpoints.Map(routes);
        routes.MapGet("/internal/ping", () => Json(new JsonObject())).WithTags(Tag).WithSummary("Answers");
        foreach (string path in (string[])["/sdapi/{**path}", "/controlnet/{**path}", "/internal/{**path}"])
            routes.MapFallback(path, context => throw new ProblemException(new Problem(StatusCodes.Status404NotFound, "No such address", SdapiProblem.NotFound)));
    }

    /// <summary>An answer in JSON.</summary>
    public static IResult Json(JsonNode? node) => Results.Text(node?.ToJsonString(ServerJson.Options) ?? "null", "application/json", System.Text.Encoding.UTF8);

    private static IResult Progress(HttpContext context, AttendedRuns runs, TimeProvider time)
    {
        AttendedRun? run = runs.Find(Caller.Of(context));
        LiveJob? job = run?.Job;
        JobProgress? progress = job?.Progress;
        double done = 0, left = 0;
        if (run is not null)
        {
            double ofPicture = progress is { Steps: > 0 } ? (double)progress.Step / progress.Steps : 0;
            done = Math.Min(1, FirstProgress + (run.Number + ofPicture) / run.Request.Count);
            // From what is done so far, as there; while the request waits for its turn that says nothing.
            if (run.IsRunning) left = (time.GetUtcNow() - run.Started).TotalSeconds * (1 - done) / done;
        }
        bool withPicture = !context.Request.Query["skip_current_image"].ToString().Equals("true", StringComparison.OrdinalIgnoreCase);
        return Json(new JsonObject
        {
            ["progress"] = done,
            ["eta_relative"] = Math.Round(left, 2),
            ["state"] = new JsonObject
            {
                ["skipped"] = run?.IsSkipped ?? false,
                ["interrupted"] = run?.IsInterrupted ?? false,
                ["stopping_generation"] = false,
                ["job"] = run is null ? "" : string.Create(CultureInfo.InvariantCulture, $"Picture {run.Number + 1} of {run.Request.Count}"),
                ["job_count"] = run?.Request.Count ?? 0,
                ["job_timestamp"] = run is null ? "0" : run.Started.ToLocalTime().ToString("yyyyMMddHHmmss", CultureInfo.InvariantCulture),
                ["job_no"] = run?.Number ?? 0,
                ["sampling_step"] = progress?.Step ?? 0,
                ["sampling_steps"] = progress?.Steps ?? 0,
            },
            ["current_image"] = withPicture && job?.LastPreview is { } preview ? Convert.ToBase64String(preview) : null,
            ["textinfo"] = run is { IsRunning: false } ? "Waiting for its turn" : progress?.Stage,
        });
    }

    private static IResult Interrupt(HttpContext context, AttendedRuns runs, JobService jobs)
    {
        runs.Find(Caller.Of(context))?.Interrupt(jobs);
        return Json(new JsonObject());
    }

    private static IResult Skip(HttpContext context, AttendedRuns runs, JobService jobs)
    {
        runs.Find(Caller.Of(context))?.Skip(jobs);
        return Json(null);
    }

    private static async Task<IResult> PngInfoAsync(HttpContext context, ServerOptions options, PictureWork work)
    {
        RequestBody body = await RequestBody.ReadJsonAsync(context, options.Limits).ConfigureAwait(false);
        Faults faults = new();
        byte[]? file = new JsonFields(body.Fields, faults, texts: true).File("image");
        if (file is null && faults.None) faults.Add("image", "image is missing; a picture in base64 is expected.");
        faults.ThrowIfAny();
        IReadOnlyDictionary<string, string>? texts = await work.RunAsync(() => RequestPictures.Decode(file!, "image", options.Limits, faults)?.Text, context.RequestAborted).ConfigureAwait(false);
        faults.ThrowIfAny();
        string info = texts!.GetValueOrDefault(Pipelines.GenerationSettings.ParametersKey, "");
        return Json(new JsonObject
        {
            ["info"] = info,
            ["items"] = ToJson(texts!),
            ["parameters"] = info.Length == 0 ? new JsonObject() : ToJson(InfoText.Read(info)),
        });
    }

    private static JsonObject ToJson(IReadOnlyDictionary<string, string> texts) => new(texts.Select(text => KeyValuePair.Create<string, JsonNode?>(text.Key, text.Value)));
}
