using System.Diagnostics;
using System.Globalization;
using Depth2Img.Server.Api.Attended;
using Depth2Img.Server.Http;
using Depth2Img.Server.Jobs;
using Depth2Img.Server.Options;
using Microsoft.AspNetCore.Http;

namespace Depth2Img.Server.Api.Sdapi;

/// <summary>Answers img2img and txt2img: reads, checks, waits for the pictures.</summary>
internal sealed class SdapiRunner(
    SdapiReader reader, SubmissionChecker checker, AttendedRuns runs, JobService jobs, CheckpointNames checkpoints, PictureWork work, ServerOptions options, TimeProvider time)
{
    /// <summary>Answers a request.</summary>
    /// <exception cref="ProblemException">It is refused.</exception>
    public async Task<IResult> RunAsync(HttpContext context, bool isImageToImage)
    {
        long began = Stopwatch.GetTimestamp();
        Caller caller = Caller.Of(context);
        JobAdmission.Require(jobs, caller); // Before the body is read.
        RequestBody body = await RequestBody.ReadJsonAsync(context, options.Limits).ConfigureAwait(false);
        SdapiRequest request = await reader.ReadAsync(body.Fields, isImageToImage, caller, context.RequestAborted).ConfigureAwait(false);
        GenerationSubmission submission = await FieldNames.CheckAsync(checker, request.Parameters, request.Inputs, new Faults(), SdapiReader.Names, context.RequestAborted).ConfigureAwait(false);
        DateTimeOffset started = time.GetUtcNow();
        (IReadOnlyList<AttendedPicture> pictures, _) = await runs.RunAsync(request.ToAttended(submission), caller, watcher: null, context.RequestAborted).ConfigureAwait(false);
        string answer = await work.RunAsync(() => new SdapiAnswer(request, pictures, checkpoints, started).ToJson(), context.RequestAborted).ConfigureAwait(false);
        context.Response.Headers["X-Process-Time"] = Stopwatch.GetElapsedTime(began).TotalSeconds.ToString("0.0000", CultureInfo.InvariantCulture);
        return Results.Text(answer, "application/json", System.Text.Encoding.UTF8);
    }
}
