namespace Depth2Img.Hub;

/// <summary>One state of a repository in the cache; some of its files may not have been fetched.</summary>
/// <param name="Model">The repository.</param>
/// <param name="Commit">The state: 40 hex digits.</param>
/// <param name="Revisions">The branches and tags that pointed to it when they were last asked for.</param>
/// <param name="Path">Its folder.</param>
public sealed record CachedSnapshot(ModelReference Model, string Commit, IReadOnlyList<string> Revisions, string Path);
