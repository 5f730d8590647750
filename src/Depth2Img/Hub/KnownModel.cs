namespace Depth2Img.Hub;

/// <summary>A published model that has a short name here.</summary>
/// <param name="Alias">The short name.</param>
/// <param name="Model">Its repository.</param>
/// <param name="Summary">What it is.</param>
public sealed record KnownModel(string Alias, ModelReference Model, string Summary)
{
    /// <summary>Repositories that had the same files and are gone, or still in people's caches.</summary>
    public IReadOnlyList<ModelReference> Former { get; init; } = [];
}
