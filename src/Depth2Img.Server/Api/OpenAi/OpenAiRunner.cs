using System.Text.Json.Nodes;
using Depth2Img.Server.Api.Attended;
using Depth2Img.Server.Http;
using Depth2Img.Server.Jobs;
using Depth2Img.Server.Options;
using Microsoft.AspNetCore.Http;

namespace Depth2Img.Server.Api.OpenAi;

/// <summary>Answers requests for pictures: reads, checks, waits, and sends them in base64, by address or as events.</summary>
internal sealed class OpenAiRunner(OpenAiReader reader, SubmissionChecker checker, AttendedRuns runs, ExpiringFiles files, JobService jobs, PictureWork work, ServerOptions options, TimeProvider time)
{
    /// <summary>Answers a request.</summary>
    /// <exception cref="ProblemException">It is refused.</exception>
    public async Task<IResult> RunAsync(HttpContext context, OpenAiRequestKind kind)
    {
        Caller caller = Caller.Of(context);
        JobAdmission.Require(jobs, caller); // Before the body is read.
        RequestBody body = await RequestBody.ReadAsync(context, options.Limits).ConfigureAwait(false);
        OpenAiRequest request = await reader.ReadAsync(body, kind, context.RequestAborted).ConfigureAwait(false);
        GenerationSubmission submission = await FieldNames.CheckAsync(checker, request.Parameters, request.Inputs, new Faults(), OpenAiReader.Names, context.RequestAborted).ConfigureAwait(false);
        AttendedRequest attended = new(submission, request.Count, request.Width, request.Height, Keep: false);
        if (request.Stream)
        {
            await StreamAsync(context, request, attended, caller).ConfigureAwait(false);
            return Results.Empty;
        }
        (IReadOnlyList<AttendedPicture> pictures, bool wasInterrupted) = await runs.RunAsync(attended, caller, null, context.RequestAborted).ConfigureAwait(false);
        if (pictures.Count == 0 && wasInterrupted) throw new ProblemException(new Problem(StatusCodes.Status409Conflict, "Interrupted", "The request was interrupted before there was a picture."));
        JsonArray data = [];
        foreach (AttendedPicture picture in pictures)
        {
            byte[] file = await work.RunAsync(() => request.Encode(picture.File), context.RequestAborted).ConfigureAwait(false);
            data.Add(request.ByUrl
                ? new JsonObject { ["url"] = $"{context.Request.Scheme}://{context.Request.Host}{context.Request.PathBase}{OpenAiEndpoints.FilesPath}/{files.Add(file, request.FormatName)}" }
                : new JsonObject { ["b64_json"] = Convert.ToBase64String(file) });
        }
        JsonObject answer = new()
        {
            ["created"] = time.GetUtcNow().ToUnixTimeSeconds(),
            ["data"] = data,
            ["size"] = $"{request.Width}x{request.Height}",
            ["background"] = "opaque",
            ["output_format"] = request.FormatName,
        };
        return Results.Text(answer.ToJsonString(ServerJson.Options), "application/json", System.Text.Encoding.UTF8);
    }

    private async Task StreamAsync(HttpContext context, OpenAiRequest request, AttendedRequest attended, Caller caller)
    {
        OpenAiStream stream = new(context, request, time);
        try
        {
            await runs.RunAsync(attended, caller, stream, context.RequestAborted).ConfigureAwait(false);
        }
        catch (ProblemException e) when (context.Response.HasStarted)
        {
            await stream.FailAsync(e.Problem).ConfigureAwait(false);
        }
    }
}
