using Depth2Img.Models.Unet;

namespace Depth2Img.Pipelines;

/// <summary>A UNet's feature cache for each picture of a request, since every picture is evaluated by itself.</summary>
/// <param name="count">How many pictures.</param>
/// <param name="interval">Every how many evaluations the UNet runs whole.</param>
internal sealed class FeatureCaches(int count, int interval) : IDisposable
{
    private readonly UNetFeatureCache[] _caches = [.. Enumerable.Range(0, count).Select(_ => new UNetFeatureCache(interval))];

    /// <summary>A picture's cache.</summary>
    public UNetFeatureCache this[int picture] => _caches[picture];

    public void Dispose()
    {
        foreach (UNetFeatureCache cache in _caches) cache.Dispose();
    }
}
