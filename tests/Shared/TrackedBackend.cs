using Depth2Img.Compute;
using Depth2Img.Compute.Checkpoints;

namespace Depth2Img.TestSupport;

/// <summary>Another back end whose sessions are tracked, so that a test can see what a pipeline evaluates.</summary>
internal sealed class TrackedBackend(IBackend inner) : IBackend
{
    /// <summary>The sessions that were opened, in order.</summary>
    public List<TrackedOps> Sessions { get; } = [];

    public string Description => inner.Description;

    public LinearWeight CreateLinear(WeightTensor weight, WeightTensor? bias, bool sensitive = false) => inner.CreateLinear(weight, bias, sensitive);

    public ConvWeight CreateConv2d(WeightTensor weight, WeightTensor? bias) => inner.CreateConv2d(weight, bias);

    public ConvWeight CreateDepthwiseConv2d(WeightTensor weight, WeightTensor? bias) => inner.CreateDepthwiseConv2d(weight, bias);

    public ConvWeight CreateConvTranspose2d(WeightTensor weight, WeightTensor? bias) => inner.CreateConvTranspose2d(weight, bias);

    public VectorWeight CreateVector(WeightTensor values) => inner.CreateVector(values);

    public EmbeddingWeight CreateEmbedding(WeightTensor table) => inner.CreateEmbedding(table);

    public IOps OpenSession(CancellationToken cancellationToken = default)
    {
        TrackedOps session = new(inner.OpenSession(cancellationToken));
        Sessions.Add(session);
        return session;
    }

    public void Dispose() => inner.Dispose();
}
