using Depth2Img.Compute;

namespace Depth2Img.Models.Unet;

/// <summary>
/// Keeps a UNet's deep feature from one evaluation to the next (Ma et al., "DeepCache: Accelerating Diffusion Models
/// for Free", 2024): between neighbouring steps what the inner blocks say changes little, so only every n-th
/// evaluation runs them, and the others run the outermost blocks on the feature that was kept. For one picture's run,
/// front to back, in one session.
/// </summary>
public sealed class UNetFeatureCache : IDisposable
{
    private readonly int _interval;
    private Tensor? _feature;
    private Shape _sample;
    private int _age;

    /// <summary>Makes an empty cache: the first evaluation runs whole.</summary>
    /// <param name="interval">Every how many evaluations the network runs whole; 1 runs it whole always and keeps nothing.</param>
    public UNetFeatureCache(int interval)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(interval, 1);
        _interval = interval;
    }

    /// <summary>
    /// The feature to use for an evaluation, as a view that the caller disposes; null if it must run whole: none is
    /// kept, it has served its evaluations, or the sample has another size (guidance began or ended). Its memory is
    /// the whole evaluation's then.
    /// </summary>
    internal Tensor? Take(IOps ops, Shape sample)
    {
        if (_feature is null) return null;
        if (sample == _sample && ++_age < _interval) return ops.Reshape(_feature, _feature.Shape);
        Dispose();
        return null;
    }

    /// <summary>
    /// Keeps the feature of a whole evaluation, for which <see cref="Take"/> had none. It stays the caller's too, unless
    /// that fails: then it is given back.
    /// </summary>
    internal void Keep(IOps ops, Shape sample, Tensor feature)
    {
        if (_interval == 1) return;
        try
        {
            _feature = ops.Reshape(feature, feature.Shape);
        }
        catch
        {
            feature.Dispose();
            throw;
        }
        _sample = sample;
        _age = 0;
    }

    /// <summary>Gives the feature back; the next evaluation runs whole.</summary>
    public void Dispose()
    {
        _feature?.Dispose();
        _feature = null;
    }
}
