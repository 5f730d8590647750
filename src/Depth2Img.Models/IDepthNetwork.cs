using Depth2Img.Compute;

namespace Depth2Img.Models;

/// <summary>A network that estimates depth from one picture. Immutable once made; several sessions may run it at a time.</summary>
public interface IDepthNetwork : IDisposable
{
    /// <summary>Whether it tells distance, larger being farther, instead of inverse depth, larger being nearer.</summary>
    bool IsMetric { get; }

    /// <summary>Estimates depth.</summary>
    /// <param name="ops">The session to run in.</param>
    /// <param name="pixels">[N,H,W,3], prepared as the network's preprocessor says.</param>
    /// <returns>[N,h,w,1], which the caller disposes.</returns>
    /// <exception cref="Depth2ImgException">The network does not work on pictures of this size.</exception>
    Tensor Forward(IOps ops, Tensor pixels);
}
