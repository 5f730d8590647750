namespace Depth2Img.Hub;

/// <summary>How far a download is.</summary>
/// <param name="File">The file in the making, by its path in the repository.</param>
/// <param name="Received">Bytes of all files that are here, parts of earlier downloads included.</param>
/// <param name="Total">Bytes of all files to fetch.</param>
/// <param name="Notice">A sentence that a person would want to read now: a pause, another process at the same work; null for none.</param>
public sealed record PullProgress(string File, long Received, long Total, string? Notice = null);
