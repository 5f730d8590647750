namespace Depth2Img.Hub;

/// <summary>Something that may go better a moment later: the hub is busy, a connection broke.</summary>
internal sealed class TransientHubException : Depth2ImgException
{
    public TransientHubException(string message, Exception? innerException = null) : base(message, innerException) { }

    /// <summary>How long the hub asked to wait; null when it did not say.</summary>
    public TimeSpan? RetryAfter { get; init; }
}
