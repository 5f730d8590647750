using Depth2Img.Imaging;

namespace Depth2Img.Pipelines;

/// <summary>
/// What a picture in the making will look like, as far as the network can tell: its latents with the noise taken off.
/// They are kept as they were at the report, and made a picture only when asked for. Not to be used after the pipeline
/// is disposed.
/// </summary>
public sealed class GenerationPreview
{
    private readonly LatentPreviewer _previewer;
    private readonly float[] _latents;

    internal GenerationPreview(LatentPreviewer previewer, float[] latents, int picture)
    {
        _previewer = previewer;
        _latents = latents;
        Picture = picture;
    }

    /// <summary>Which of the request's pictures, from 0.</summary>
    public int Picture { get; }

    /// <summary>
    /// Makes the picture, at the working size, on the calling thread: by TAESD where it knows the checkpoint's latents
    /// (some hundredths of a step's time), else by a linear map of an eighth of the resolution.
    /// </summary>
    /// <param name="cancellationToken">Ends the work within one op.</param>
    /// <exception cref="Depth2ImgException">TAESD's files are missing or damaged, or the latents are not finite.</exception>
    public Image Decode(CancellationToken cancellationToken = default) => _previewer.Decode(_latents, cancellationToken);
}
