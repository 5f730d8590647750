using Depth2Img.Compute;
using Depth2Img.Imaging;
using Depth2Img.Imaging.Resize;

namespace Depth2Img.Pipelines;

/// <summary>Makes previews of one request's latents: by TAESD if it knows them, else by a linear map fitted to the request's picture.</summary>
internal sealed class LatentPreviewer(TaesdDecoder taesd, IBackend backend, LinearLatentMap? map, WorkingSize size)
{
    /// <summary>A previewer for a request.</summary>
    /// <param name="taesd">The small decoder.</param>
    /// <param name="backend">What runs it.</param>
    /// <param name="encoded">[c,h,w]: the picture's latents.</param>
    /// <param name="channels">c.</param>
    /// <param name="picture">The picture at the working size.</param>
    /// <param name="size">The working size.</param>
    public static LatentPreviewer Create(TaesdDecoder taesd, IBackend backend, float[] encoded, int channels, Image picture, WorkingSize size) =>
        new(taesd, backend, taesd.KnowsLatents ? null : LinearLatentMap.Fit(encoded, channels, size.LatentWidth, size.LatentHeight, picture), size);

    /// <summary>The picture of [c,h,w] latents, at the working size.</summary>
    public Image Decode(ReadOnlySpan<float> latents, CancellationToken cancellationToken)
    {
        Image padded;
        if (map is null)
        {
            using IOps ops = backend.OpenSession(cancellationToken);
            padded = LatentCodec.Decode(taesd.Network, tiles: null, ops, latents, size.LatentHeight, size.LatentWidth);
        }
        else
        {
            Image small = map.Apply(latents, size.LatentWidth, size.LatentHeight);
            padded = ImageResizer.Resize(small, size.PaddedWidth, size.PaddedHeight, ResizeFilter.Lanczos);
        }
        return size.Undo(padded, size.Width, size.Height);
    }
}
