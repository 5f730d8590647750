namespace Depth2Img.Server.Options;

/// <summary>How the log is written.</summary>
public enum LogFormat
{
    /// <summary>A line an entry, for people.</summary>
    Text,

    /// <summary>A JSON object a line, for programs.</summary>
    Json,
}
