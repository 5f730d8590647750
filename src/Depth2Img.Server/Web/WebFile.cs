using Microsoft.Net.Http.Headers;

namespace Depth2Img.Server.Web;

/// <summary>A file of the page.</summary>
/// <param name="Content">Its bytes.</param>
/// <param name="ContentType">What it is.</param>
/// <param name="Tag">Changes when the bytes do.</param>
internal sealed record WebFile(byte[] Content, string ContentType, EntityTagHeaderValue Tag)
{
    /// <summary>The bytes in gzip; null where that saves nothing.</summary>
    public byte[]? Compressed { get; init; }
}
