using Microsoft.Extensions.Logging;

namespace Depth2Img.Extensions;

/// <summary>Everything that is logged. No message has a prompt in it but <see cref="Prompt"/> and <see cref="Warning"/>, which options must allow.</summary>
internal static partial class Log
{
    [LoggerMessage(1, LogLevel.Information, "Loading the model {Model}.")]
    public static partial void Loading(ILogger logger, string model);

    [LoggerMessage(2, LogLevel.Information, "Loaded the model {Model} in {Seconds:0.0} s; it runs on {Backend}.")]
    public static partial void Loaded(ILogger logger, string model, double seconds, string backend);

    [LoggerMessage(3, LogLevel.Error, "The model {Model} cannot be loaded.")]
    public static partial void NotLoaded(ILogger logger, string model, Exception exception);

    [LoggerMessage(4, LogLevel.Information, "Of the model {Model}: {Note}")]
    public static partial void Note(ILogger logger, string model, string note);

    [LoggerMessage(10, LogLevel.Debug, "A request of {Count} from a picture of {Width}x{Height} begins.")]
    public static partial void Begins(ILogger logger, int count, int width, int height);

    [LoggerMessage(11, LogLevel.Debug, "Its prompt is {Prompt}; its negative prompt is {NegativePrompt}.")]
    public static partial void Prompt(ILogger logger, string prompt, string? negativePrompt);

    [LoggerMessage(12, LogLevel.Information, "Made {Count} of {WorkingSize} in {Seconds:0.0} s: {Evaluations} evaluations, {Scheduler}, seed {Seed}; {Warnings} warnings.")]
    public static partial void Made(ILogger logger, int count, string workingSize, double seconds, int evaluations, string scheduler, long seed, int warnings);

    [LoggerMessage(13, LogLevel.Warning, "{Warning}")]
    public static partial void Warning(ILogger logger, string warning);

    [LoggerMessage(14, LogLevel.Warning, "A request was refused for its {Properties}.")]
    public static partial void Refused(ILogger logger, string properties);

    [LoggerMessage(15, LogLevel.Information, "A request was cancelled after {Seconds:0.0} s.")]
    public static partial void Cancelled(ILogger logger, double seconds);

    [LoggerMessage(16, LogLevel.Error, "A request failed after {Seconds:0.0} s with {ErrorType}.")]
    public static partial void Failed(ILogger logger, double seconds, string? errorType, Exception? exception);
}
