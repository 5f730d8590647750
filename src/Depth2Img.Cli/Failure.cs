using Depth2Img.IO;
using Depth2Img.Pipelines;

namespace Depth2Img.Cli;

/// <summary>What a person and a script are told of an exception.</summary>
/// <param name="ExitCode">One of <see cref="ExitCodes"/>.</param>
/// <param name="Message">One line.</param>
internal readonly record struct Failure(int ExitCode, string Message)
{
    /// <summary>Describes an exception.</summary>
    public static Failure Of(Exception exception)
    {
        (int code, string message) = exception switch
        {
            OperationCanceledException => (ExitCodes.Cancelled, "Cancelled; nothing was written."),
            InvalidRequestException e => (ExitCodes.Usage, e.Message),
            OutputException e => (ExitCodes.Output, e.Message),
            Depth2ImgException e => (ExitCodes.Input, e.Message),
            IOException or UnauthorizedAccessException => (ExitCodes.Input, exception.Message),
            OutOfMemoryException => (ExitCodes.Input, "There is not enough memory for this; a smaller --max-size or --count needs less."),
            _ => (ExitCodes.Internal, $"This is a fault of the program: {exception.GetType().Name}: {exception.Message} Please report it with the command that led to it."),
        };
        return new Failure(code, message.ReplaceLineEndings(" "));
    }
}
