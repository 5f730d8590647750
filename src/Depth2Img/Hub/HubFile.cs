namespace Depth2Img.Hub;

/// <summary>A file of a repository.</summary>
/// <param name="Path">Its path in the repository, with "/".</param>
/// <param name="Size">Its length in bytes; null where the listing did not say.</param>
/// <param name="Digest">Its check sum; null where the listing did not say.</param>
internal sealed record HubFile(string Path, long? Size, BlobDigest? Digest)
{
    /// <summary>The folder that it is in; "" for the root.</summary>
    public string Folder => Path.Contains('/', StringComparison.Ordinal) ? Path[..Path.LastIndexOf('/')] : "";

    /// <summary>Its name without the folder.</summary>
    public string Name => Path[(Path.LastIndexOf('/') + 1)..];
}
