namespace Depth2Img.Hub;

/// <summary>What a download came to.</summary>
/// <param name="Model">The repository, as it was asked for.</param>
/// <param name="Commit">The state that was fetched.</param>
/// <param name="Path">The snapshot's folder.</param>
/// <param name="Files">The paths in it of the files that were asked for, with "/".</param>
/// <param name="FetchedBytes">Bytes of the files that were not here before.</param>
/// <param name="Notes">What a person would want to know of the choice of files.</param>
public sealed record PullResult(ModelReference Model, string Commit, string Path, IReadOnlyList<string> Files, long FetchedBytes, IReadOnlyList<string> Notes);
