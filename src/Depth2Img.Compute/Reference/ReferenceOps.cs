namespace Depth2Img.Compute.Reference;

/// <summary>A session of the <see cref="ReferenceBackend"/>. Rows of a result are independent and may be computed in parallel.</summary>
internal sealed partial class ReferenceOps(CancellationToken cancellationToken) : IOps
{
    public Tensor Upload(ReadOnlySpan<float> values, Shape shape)
    {
        Begin();
        OpShapes.Upload(values.Length, shape);
        return new ReferenceTensor(shape, values.ToArray());
    }

    public void Download(Tensor x, Span<float> destination)
    {
        Begin();
        float[] values = ValuesOf(x);
        OpShapes.Download(x.Shape, destination.Length);
        values.CopyTo(destination);
    }

    public Tensor Reshape(Tensor x, Shape shape)
    {
        Begin();
        float[] values = ValuesOf(x);
        OpShapes.Reshape(x.Shape, shape);
        return new ReferenceTensor(shape, values);
    }

    public void Dispose() { }

    private void Begin() => cancellationToken.ThrowIfCancellationRequested();

    private static float[] ValuesOf(Tensor tensor)
    {
        ArgumentNullException.ThrowIfNull(tensor);
        return tensor is ReferenceTensor own ? own.Values : throw Foreign(tensor);
    }

    private static float[] ValuesOf(VectorWeight weight)
    {
        ArgumentNullException.ThrowIfNull(weight);
        return weight is ReferenceVectorWeight own ? own.Values : throw Foreign(weight);
    }

    private static ArgumentException Foreign(object operand) =>
        new($"A {operand.GetType().Name} belongs to another back end than {nameof(ReferenceBackend)}.");

    private static ReferenceTensor NewTensor(Shape shape) => new(shape, new float[checked((int)shape.Count)]);

    private static int Rows(Shape shape) => checked((int)shape.Rows);

    private void ForRows(int count, Action<int> body) =>
        Parallel.For(0, count, new ParallelOptions { CancellationToken = cancellationToken }, body);
}
