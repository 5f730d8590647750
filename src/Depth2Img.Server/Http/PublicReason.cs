using Depth2Img.Server.Engine;
using Depth2Img.Server.Options;
using Microsoft.Extensions.Logging;

namespace Depth2Img.Server.Http;

/// <summary>What of an exception's message clients are told: all of it, unless it names a place on this machine; the log has that.</summary>
internal sealed partial class PublicReason
{
    private readonly string[] _places;
    private readonly ILogger<PublicReason> _logger;

    public PublicReason(ServerOptions options, ModelPool models, ILogger<PublicReason> logger)
    {
        _logger = logger;
        string home = Environment.GetFolderPath(Environment.SpecialFolder.UserProfile, Environment.SpecialFolderOption.DoNotVerify);
        // A root as a place would make every message with a slash one that names it.
        _places = [.. models.Names.Select(models.PathOf).SelectMany(path => (string?[])[path, Path.GetFullPath(path), Path.GetDirectoryName(Path.GetFullPath(path))])
            .Append(options.DataFolder).Append(AppContext.BaseDirectory).Append(Path.GetTempPath()).Append(home).Append(Environment.CurrentDirectory)
            .Select(place => Path.TrimEndingDirectorySeparator(place ?? "")).Where(place => place.Length > 1 && place != Path.GetPathRoot(place)).Distinct()];
    }

    /// <summary>What clients are told.</summary>
    public string Of(Depth2ImgException exception)
    {
        if (!_places.Any(place => exception.Message.Contains(place, StringComparison.Ordinal))) return exception.Message;
        LogReason(_logger, exception.Message);
        return "The server could not use a file of its own; its log has the reason.";
    }

    [LoggerMessage(Level = LogLevel.Error, Message = "A request failed for a reason that its client was not told: {Reason}")]
    private static partial void LogReason(ILogger logger, string reason);
}
