using Depth2Img.Compute;
using Depth2Img.Imaging;
using Depth2Img.Models;
using Depth2Img.Pipelines;

namespace Depth2Img.Depth;

/// <summary>Depth by a network of transformers' (DPT, Depth Anything), with the preprocessing that its own files tell.</summary>
public sealed class NetworkDepthEstimator : IDepthEstimator
{
    /// <summary>Metres: what is nearer counts as this near, so that the inverse stays finite.</summary>
    private const float Nearest = 1e-3f;

    private readonly LazyNetwork<IDepthNetwork> _model;
    private readonly DptPreprocessorConfig _preprocessor;
    private readonly IBackend _backend;

    /// <summary>Takes a network over.</summary>
    /// <param name="name">The name that settings show.</param>
    /// <param name="model">The network; disposed with the estimator.</param>
    /// <param name="preprocessor">How a picture becomes its input.</param>
    /// <param name="backend">What runs it; not disposed with the estimator.</param>
    internal NetworkDepthEstimator(string name, LazyNetwork<IDepthNetwork> model, DptPreprocessorConfig preprocessor, IBackend backend)
    {
        Name = name;
        _model = model;
        _preprocessor = preprocessor;
        _backend = backend;
    }

    /// <inheritdoc/>
    public string Name { get; }

    /// <inheritdoc/>
    public DepthMap Estimate(Image image, CancellationToken cancellationToken = default)
    {
        DptInput input = DptPreprocessor.Process(image, _preprocessor);
        using LazyNetwork<IDepthNetwork>.Loan model = _model.Borrow(cancellationToken);
        using IOps ops = _backend.OpenSession(cancellationToken);
        using Tensor pixels = ops.Upload(input.Values, new Shape(1, input.Height, input.Width, 3));
        using Tensor depth = model.Network.Forward(ops, pixels); // [1,H,W,1]
        float[] values = ops.DownloadAll(depth);
        if (model.Network.IsMetric)
        {
            for (int i = 0; i < values.Length; i++) values[i] = 1 / MathF.Max(values[i], Nearest);
        }
        return new DepthMap(depth.Shape[2], depth.Shape[1], values);
    }

    /// <inheritdoc/>
    public DepthMap ResizeToPicture(DepthMap raw, int width, int height)
    {
        ArgumentNullException.ThrowIfNull(raw);
        return raw.ResizeTo(width, height);
    }

    /// <summary>Gives the weights back.</summary>
    public void Dispose() => _model.Dispose();
}
