namespace Depth2Img;

/// <summary>
/// What was given cannot be used: a file, a checkpoint, a setting. The message is one sentence for a person:
/// it names the input, what was found, and what would be right. Programs show it as it is, without a stack trace.
/// </summary>
public class Depth2ImgException : Exception
{
    /// <summary>Makes the exception from a whole sentence.</summary>
    public Depth2ImgException(string message) : base(message) { }

    /// <summary>Makes the exception from a whole sentence and its cause.</summary>
    public Depth2ImgException(string message, Exception? innerException) : base(message, innerException) { }
}
