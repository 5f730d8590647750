using Depth2Img.Compute;
using Depth2Img.Compute.Checkpoints;
using Depth2Img.Imaging;
using Depth2Img.Imaging.Resize;
using Depth2Img.Models.Tiefenrausch;

namespace Depth2Img.Depth;

/// <summary>
/// Depth by Tiefenrausch, a small network trained on photographs ("One Shot 3D Photography", SIGGRAPH 2020). The
/// picture is averaged down to 384 pixels on its longer side, both sides multiples of 32.
/// </summary>
public sealed class TiefenrauschDepthEstimator : IDepthEstimator
{
    private const int LongerSide = 384;
    private const int SideMultiple = 32;
    private readonly TiefenrauschModel _model;
    private readonly IBackend _backend;

    /// <summary>Loads the network.</summary>
    /// <param name="folder">The folder that holds its <c>model.safetensors</c>.</param>
    /// <param name="backend">What runs it; not disposed with the estimator.</param>
    /// <exception cref="Depth2ImgException">The file is missing or is not this network's.</exception>
    public TiefenrauschDepthEstimator(string folder, IBackend backend)
    {
        _backend = backend;
        using SafetensorsFile file = SafetensorsFile.Open(Path.Combine(folder, "model.safetensors"));
        _model = TiefenrauschModel.Load(file, backend);
    }

    /// <inheritdoc/>
    public string Name => "tiefenrausch";

    /// <inheritdoc/>
    public DepthMap Estimate(Image image, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(image);
        int width = WorkingSide(image.Width, image), height = WorkingSide(image.Height, image);
        Image worked = ImageResizer.Resize(image, width, height, ResizeFilter.Area);
        float[] pixels = new float[worked.Pixels.Length];
        for (int i = 0; i < pixels.Length; i++) pixels[i] = worked.Pixels[i] / 255f;

        using IOps ops = _backend.OpenSession(cancellationToken);
        using Tensor input = ops.Upload(pixels, new Shape(1, height, width, 3));
        using Tensor logDepth = _model.Forward(ops, input);
        float[] values = ops.DownloadAll(logDepth);
        for (int i = 0; i < values.Length; i++) values[i] = MathF.Exp(values[i]);
        return new DepthMap(width, height, values);
    }

    /// <inheritdoc/>
    public DepthMap ResizeToPicture(DepthMap raw, int width, int height)
    {
        ArgumentNullException.ThrowIfNull(raw);
        return new DepthMap(width, height, PlaneResize.Bilinear(raw.Values, raw.Width, raw.Height, width, height));
    }

    /// <summary>Gives the weights back.</summary>
    public void Dispose() => _model.Dispose();

    private static int WorkingSide(int side, Image image)
    {
        double scaled = (double)side * LongerSide / Math.Max(image.Width, image.Height);
        return Math.Max(1, (int)Math.Round(scaled / SideMultiple)) * SideMultiple;
    }
}
