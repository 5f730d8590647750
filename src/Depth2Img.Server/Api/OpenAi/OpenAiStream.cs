using System.Text.Json.Nodes;
using Depth2Img.Server.Api.Attended;
using Depth2Img.Server.Events;
using Depth2Img.Server.Http;
using Depth2Img.Server.Jobs;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace Depth2Img.Server.Api.OpenAi;

/// <summary>Sends a request's pictures as server-sent events, previews of them before.</summary>
internal sealed class OpenAiStream(HttpContext context, OpenAiRequest request, TimeProvider time) : IAttendedWatcher
{
    private static readonly TimeSpan Heartbeat = TimeSpan.FromSeconds(15);

    /// <inheritdoc/>
    public async Task OnJobAsync(int number, LiveJob job)
    {
        // What is refused is refused as any request; only then a stream begins.
        if (!context.Response.HasStarted)
        {
            context.Response.ContentType = "text/event-stream";
            context.Response.Headers.CacheControl = "no-store";
            context.Response.Headers["X-Accel-Buffering"] = "no";
            context.Features.Get<IHttpResponseBodyFeature>()?.DisableBuffering();
            await context.Response.StartAsync(context.RequestAborted).ConfigureAwait(false);
        }
        int sent = 0;
        await using IAsyncEnumerator<JobEvent> events = job.Events.ListenAsync(null, context.RequestAborted).GetAsyncEnumerator(context.RequestAborted);
        Task<bool> next = events.MoveNextAsync().AsTask();
        while (true)
        {
            if (await Task.WhenAny(next, Task.Delay(Heartbeat, time, context.RequestAborted)).ConfigureAwait(false) != next)
            {
                context.RequestAborted.ThrowIfCancellationRequested();
                await WriteAsync(": \n\n").ConfigureAwait(false);
                continue;
            }
            if (!await next.ConfigureAwait(false)) return;
            if (events.Current.Type == JobEventTypes.Preview && sent < request.PartialImages && IsDue(sent, job.Progress) && job.LastPreview is { } preview)
                await SendAsync("partial_image", AttendedRuns.Enlarge(preview, request.Width, request.Height, request.Format), sent++).ConfigureAwait(false);
            next = events.MoveNextAsync().AsTask();
        }
    }

    /// <inheritdoc/>
    public Task OnPictureAsync(int number, AttendedPicture picture) => SendAsync("completed", request.Encode(picture.File), null);

    /// <summary>Tells what went wrong after the stream had begun.</summary>
    public Task FailAsync(Problem problem) =>
        WriteAsync($"event: error\ndata: {new JsonObject { ["type"] = "error", ["error"] = OpenAiProblem.ToError(problem) }.ToJsonString(ServerJson.Options)}\n\n");

    /// <summary>Whether as much is done as the next preview should show: they are spread evenly over the run.</summary>
    private bool IsDue(int sent, JobProgress? progress) => progress is { Steps: > 0 } && (long)progress.Step * (request.PartialImages + 1) >= (long)(sent + 1) * progress.Steps;

    private Task SendAsync(string name, byte[] image, int? partialIndex)
    {
        string type = $"{request.EventPrefix}.{name}";
        JsonObject data = new()
        {
            ["type"] = type,
            ["b64_json"] = Convert.ToBase64String(image),
            ["created_at"] = time.GetUtcNow().ToUnixTimeSeconds(),
            ["size"] = $"{request.Width}x{request.Height}",
            ["quality"] = "auto",
            ["background"] = "opaque",
            ["output_format"] = request.FormatName,
        };
        if (partialIndex is { } index) data["partial_image_index"] = index;
        return WriteAsync($"event: {type}\ndata: {data.ToJsonString(ServerJson.Options)}\n\n");
    }

    private async Task WriteAsync(string text)
    {
        await context.Response.WriteAsync(text, context.RequestAborted).ConfigureAwait(false);
        await context.Response.Body.FlushAsync(context.RequestAborted).ConfigureAwait(false);
    }
}
