namespace Depth2Img.Hub;

/// <summary>What a revision of a repository is.</summary>
/// <param name="Commit">The commit it points to, 40 hex digits.</param>
/// <param name="Files">Its files.</param>
internal sealed record HubListing(string Commit, IReadOnlyList<HubFile> Files)
{
    /// <summary>A file by its path, or null.</summary>
    public HubFile? Find(string path) => Files.FirstOrDefault(file => file.Path == path);
}
