using Depth2Img.Server.Http;
using Microsoft.AspNetCore.Http;
using Microsoft.Data.Sqlite;

namespace Depth2Img.Server.Jobs;

/// <summary>Lets jobs into the queue, or says why not.</summary>
internal static class JobAdmission
{
    /// <summary>Refuses a job that would not be accepted, before work is spent on its checks.</summary>
    /// <exception cref="ProblemException">The server does not work, or its queue is full.</exception>
    public static void Require(JobService jobs, Caller caller)
    {
        RequireWorking(jobs);
        if (Describe(jobs.Admits(caller.Client), jobs) is { } problem) throw new ProblemException(problem);
    }

    /// <summary>Refuses work while the server loads its model, stops, or cannot work at all.</summary>
    /// <exception cref="ProblemException">It does.</exception>
    public static void RequireWorking(JobService jobs)
    {
        string? reason = jobs.State switch
        {
            ServerState.Loading => "The model is still being loaded.",
            ServerState.Draining => "The server is being stopped and takes no new jobs.",
            ServerState.Broken => "The server's model cannot be loaded; its log has the reason.",
            _ => null,
        };
        if (reason is not null) throw new ProblemException(new Problem(StatusCodes.Status503ServiceUnavailable, "Not ready", reason) { RetryAfter = TimeSpan.FromSeconds(jobs.State == ServerState.Loading ? 2 : 30) });
    }

    /// <summary>Accepts a generation.</summary>
    /// <exception cref="ProblemException">The queue is full, or the disk is.</exception>
    public static LiveJob Submit(GenerationSubmission submission, Caller caller, bool attended, IdempotencyKey? idempotency, JobService jobs, TimeProvider time)
    {
        JobRecord record = new()
        {
            Id = JobRecord.NewId(),
            Owner = caller.Owner,
            Client = caller.Client,
            Kind = submission.Parameters.Kind,
            Parameters = ServerJson.Write(submission.Parameters),
            Created = time.GetUtcNow(),
            Attended = attended,
        };
        try
        {
            LiveJob? job = jobs.Submit(record, submission.Inputs, idempotency, out QueueAdmission admission);
            return job ?? throw new ProblemException(Describe(admission, jobs)!);
        }
        catch (Exception e) when (e is Depth2ImgException or SqliteException or IOException or UnauthorizedAccessException)
        {
            throw new ProblemException(new Problem(StatusCodes.Status507InsufficientStorage, "The job cannot be stored", "The server's disk is full or cannot be written: nothing was accepted."));
        }
    }

    private static Problem? Describe(QueueAdmission admission, JobService jobs) => admission switch
    {
        QueueAdmission.ClientFull => new Problem(StatusCodes.Status429TooManyRequests, "Too many jobs wait", "You have as many waiting jobs as one client may have.") { RetryAfter = jobs.RetryAfter },
        QueueAdmission.Full => new Problem(StatusCodes.Status429TooManyRequests, "Too many jobs wait", "The server has as many waiting jobs as it takes.") { RetryAfter = jobs.RetryAfter },
        _ => null,
    };
}
