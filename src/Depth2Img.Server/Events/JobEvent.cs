namespace Depth2Img.Server.Events;

/// <summary>Something that happened to a job.</summary>
/// <param name="Id">Grows by one from event to event of a job, and past all earlier ones after a restart.</param>
/// <param name="Type">One of <see cref="JobEventTypes"/>.</param>
/// <param name="Data">JSON.</param>
internal sealed record JobEvent(long Id, string Type, string Data);

/// <summary>The names of events, as streams carry them.</summary>
internal static class JobEventTypes
{
    public const string Queued = "queued";
    public const string Started = "started";
    public const string Step = "step";
    public const string Preview = "preview";
    public const string Done = "done";
    public const string Failed = "failed";
    public const string Cancelled = "cancelled";

    /// <summary>Whether nothing follows.</summary>
    public static bool IsLast(string type) => type is Done or Failed or Cancelled;
}
