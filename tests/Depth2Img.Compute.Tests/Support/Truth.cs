using Depth2Img.Compute.Checkpoints;
using Depth2Img.Compute.Reference;

namespace Depth2Img.Compute.Tests.Support;

/// <summary>Runs one op on the reference back end.</summary>
internal static class Truth
{
    public static readonly ReferenceBackend Backend = new();

    public static float[] Of(float[] x, Shape shape, Func<IOps, Tensor, Tensor> op)
    {
        using IOps ops = Backend.OpenSession();
        using Tensor source = ops.Upload(x, shape);
        using Tensor result = op(ops, source);
        return ops.DownloadAll(result);
    }

    public static VectorWeight Vector(float[] values) => Backend.CreateVector(WeightTensor.FromFloats("vector", [values.Length], values));
}
