namespace Depth2Img.Compute.Reference;

/// <summary>A tensor whose values are a managed array, which a reshaped tensor shares.</summary>
internal sealed class ReferenceTensor(Shape shape, float[] values) : Tensor(shape)
{
    private float[]? _values = values;

    /// <summary>The values, row-major.</summary>
    public float[] Values => _values ?? throw new ObjectDisposedException(nameof(ReferenceTensor), $"The tensor {Shape} was disposed.");

    protected override void Dispose(bool disposing) => _values = null;
}
