using Depth2Img.Imaging;

namespace Depth2Img.Depth;

/// <summary>Estimates depth from one picture.</summary>
public interface IDepthEstimator : IDisposable
{
    /// <summary>The estimator's name, as it is written into a picture's settings.</summary>
    string Name { get; }

    /// <summary>Estimates inverse depth (larger is nearer) at the network's own working size, which keeps or squashes the aspect as its preprocessing says.</summary>
    /// <param name="image">The picture; its alpha is ignored.</param>
    /// <param name="cancellationToken">Ends the estimate between two ops.</param>
    /// <returns>The raw map; <see cref="ResizeToPicture"/> brings it to the picture's size.</returns>
    /// <exception cref="Depth2ImgException">The network's output is not finite.</exception>
    DepthMap Estimate(Image image, CancellationToken cancellationToken = default);

    /// <summary>A raw map at a picture's size, by the interpolation that the network's authors use.</summary>
    DepthMap ResizeToPicture(DepthMap raw, int width, int height);
}
