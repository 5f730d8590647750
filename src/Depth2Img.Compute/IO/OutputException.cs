namespace Depth2Img.IO;

/// <summary>An output cannot be written as asked: it exists, its folder takes no files, the disk is full.</summary>
public sealed class OutputException : Depth2ImgException
{
    /// <summary>Makes the exception from a whole sentence.</summary>
    public OutputException(string message) : base(message) { }

    /// <summary>Makes the exception from a whole sentence and its cause.</summary>
    public OutputException(string message, Exception? innerException) : base(message, innerException) { }
}
