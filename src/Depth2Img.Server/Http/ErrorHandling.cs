using Depth2Img.Server.Options;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Depth2Img.Server.Http;

/// <summary>Turns what endpoints throw into refusals. Answers never hold stack traces or paths.</summary>
internal sealed partial class ErrorHandling(RequestDelegate next, ServerOptions options, PublicReason reasons, ILogger<ErrorHandling> logger)
{
    public async Task InvokeAsync(HttpContext context)
    {
        try
        {
            await next(context).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (context.RequestAborted.IsCancellationRequested)
        {
            // The client has gone: nobody reads an answer.
        }
        catch (Exception e) when (!context.Response.HasStarted)
        {
            Problem problem = Describe(e);
            if (problem.Status == StatusCodes.Status500InternalServerError) LogFault(logger, context.TraceIdentifier, context.Request.Path, e);
            context.Response.Clear();
            await ProblemWriter.WriteAsync(context, problem).ConfigureAwait(false);
        }
    }

    private Problem Describe(Exception exception) => exception switch
    {
        ProblemException e => e.Problem,
        BadHttpRequestException { StatusCode: StatusCodes.Status413PayloadTooLarge } => RequestBody.TooLarge(options.Limits),
        BadHttpRequestException { StatusCode: StatusCodes.Status408RequestTimeout } => RequestBody.TooSlow,
        BadHttpRequestException e => new Problem(e.StatusCode is >= 400 and < 500 ? e.StatusCode : 400, "The request is malformed", "The request cannot be read as HTTP."),
        Microsoft.Data.Sqlite.SqliteException => new Problem(StatusCodes.Status507InsufficientStorage, "The data base cannot be written", "The server's disk is full or cannot be written."),
        Depth2ImgException e => new Problem(StatusCodes.Status422UnprocessableEntity, "The request cannot be done as it is", reasons.Of(e)),
        _ => new Problem(StatusCodes.Status500InternalServerError, "A fault of the server", "The server failed to answer, by a fault of its own; its log has the reason under this traceId."),
    };

    [LoggerMessage(Level = LogLevel.Error, Message = "Request {TraceId} for {Path} ended by a fault of the program")]
    private static partial void LogFault(ILogger logger, string traceId, PathString path, Exception exception);
}
