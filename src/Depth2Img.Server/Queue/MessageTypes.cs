namespace Depth2Img.Server.Queue;

/// <summary>What messages are, in AMQP's property "type". All but jobs have the job's name as message id.</summary>
internal static class MessageTypes
{
    /// <summary>To the workers of a model: a job to do, with its inputs.</summary>
    public const string Job = "job";

    /// <summary>To the server: one file of a result.</summary>
    public const string File = "file";

    /// <summary>To the server: all files are there; what is told of them, as JSON.</summary>
    public const string Done = "done";

    /// <summary>To the server: the job cannot be done; the reason, as a text.</summary>
    public const string Failed = "failed";

    /// <summary>To the server: a worker has begun the job.</summary>
    public const string Started = "started";

    /// <summary>To the server: how far the job is, as JSON.</summary>
    public const string Step = "step";

    /// <summary>To the server: a picture in the making, a JPEG.</summary>
    public const string Preview = "preview";

    /// <summary>To all servers: a worker is there.</summary>
    public const string Worker = "worker";

    /// <summary>To all workers: a job that nobody wants any more.</summary>
    public const string Cancel = "cancel";

    /// <summary>To all workers: a job of which no further picture is wanted once the one that is being made is done.</summary>
    public const string EndAfterPicture = "end-after-picture";
}
