namespace Depth2Img.Cli;

/// <summary>An output cannot be written as asked.</summary>
internal sealed class OutputException(string message, Exception? inner = null) : Depth2ImgException(message, inner);
