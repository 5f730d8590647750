using Depth2Img.Compute;
using Depth2Img.Compute.Checkpoints;

namespace Depth2Img.Models.Tests.Loading;

/// <summary>Counts the weights that it makes and that are given back; runs nothing.</summary>
internal sealed class CountingBackend : IBackend
{
    public int Created { get; private set; }

    public int Disposed { get; private set; }

    public string Description => "counting";

    public LinearWeight CreateLinear(WeightTensor weight, WeightTensor? bias, bool sensitive = false)
    {
        Created++;
        return new Linear(this, weight.Dimensions[1], weight.Dimensions[0]);
    }

    public ConvWeight CreateConv2d(WeightTensor weight, WeightTensor? bias)
    {
        Created++;
        return new Conv(this, weight.Dimensions[1], weight.Dimensions[0], weight.Dimensions[2], weight.Dimensions[3]);
    }

    public ConvWeight CreateDepthwiseConv2d(WeightTensor weight, WeightTensor? bias) => CreateConv2d(weight, bias);

    public ConvWeight CreateConvTranspose2d(WeightTensor weight, WeightTensor? bias) => CreateConv2d(weight, bias);

    public VectorWeight CreateVector(WeightTensor values)
    {
        Created++;
        return new Vector(this, values.Count);
    }

    public EmbeddingWeight CreateEmbedding(WeightTensor table)
    {
        Created++;
        return new Embedding(this, table.Dimensions[0], table.Dimensions[1]);
    }

    public IOps OpenSession(CancellationToken cancellationToken = default) => throw new NotSupportedException();

    public void Dispose() { }

    private sealed class Linear(CountingBackend owner, int inFeatures, int outFeatures) : LinearWeight(inFeatures, outFeatures)
    {
        protected override void Dispose(bool disposing)
        {
            owner.Disposed++;
            base.Dispose(disposing);
        }
    }

    private sealed class Conv(CountingBackend owner, int inChannels, int outChannels, int height, int width) : ConvWeight(inChannels, outChannels, height, width)
    {
        protected override void Dispose(bool disposing)
        {
            owner.Disposed++;
            base.Dispose(disposing);
        }
    }

    private sealed class Vector(CountingBackend owner, int count) : VectorWeight(count)
    {
        protected override void Dispose(bool disposing)
        {
            owner.Disposed++;
            base.Dispose(disposing);
        }
    }

    private sealed class Embedding(CountingBackend owner, int rows, int width) : EmbeddingWeight(rows, width)
    {
        protected override void Dispose(bool disposing)
        {
            owner.Disposed++;
            base.Dispose(disposing);
        }
    }
}
