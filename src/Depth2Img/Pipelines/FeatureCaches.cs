using Depth2Img.Models.Unet;

namespace Depth2Img.Pipelines;

/// <summary>A UNet's feature cache for each region of each picture of a request, since each is evaluated by itself.</summary>
internal sealed class FeatureCaches : IDisposable
{
    private readonly UNetFeatureCache[][] _caches;

    /// <summary>Makes empty caches.</summary>
    /// <param name="regions">The regions; each says every how many evaluations the UNet runs whole.</param>
    /// <param name="count">How many pictures.</param>
    public FeatureCaches(IReadOnlyList<DenoiseRegion> regions, int count) =>
        _caches = [.. regions.Select(region => Enumerable.Range(0, count).Select(_ => new UNetFeatureCache(region.Settings.ReuseFeatures)).ToArray())];

    /// <summary>The cache of a region of a picture.</summary>
    public UNetFeatureCache this[int region, int picture] => _caches[region][picture];

    public void Dispose()
    {
        foreach (UNetFeatureCache cache in _caches.SelectMany(c => c)) cache.Dispose();
    }
}
