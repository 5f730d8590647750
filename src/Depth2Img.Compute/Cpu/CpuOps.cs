namespace Depth2Img.Compute.Cpu;

/// <summary>
/// The op set on a processor. Each file of this class checks the operands of some ops and calls the kernels, which
/// work on pointers and know no tensors.
/// </summary>
internal sealed unsafe partial class CpuOps(CpuTier tier, WorkerPool pool, CancellationToken cancellationToken) : IDisposable
{
    private readonly Workspace _workspace = new();

    /// <summary>The session's memory.</summary>
    public Workspace Workspace => _workspace;

    /// <summary>Which kernels run.</summary>
    public CpuTier Tier => tier;

    /// <summary>The threads that kernels run on.</summary>
    public WorkerPool Pool => pool;

    /// <inheritdoc/>
    public Tensor Upload(ReadOnlySpan<float> values, Shape shape)
    {
        if (values.Length != shape.Count)
            throw new ArgumentException($"Upload: {shape} has {shape.Count} values, not {values.Length}.", nameof(values));
        CpuTensor result = Begin(shape);
        values.CopyTo(new Span<float>(result.Data, values.Length));
        return result;
    }

    /// <inheritdoc/>
    public void Download(Tensor x, Span<float> destination)
    {
        CpuTensor source = Operand(x, nameof(Download));
        if (destination.Length != source.Shape.Count)
            throw new ArgumentException($"Download: {source.Shape} has {source.Shape.Count} values, not {destination.Length}.", nameof(destination));
        cancellationToken.ThrowIfCancellationRequested();
        new ReadOnlySpan<float>(source.Data, destination.Length).CopyTo(destination);
    }

    /// <inheritdoc/>
    public Tensor Reshape(Tensor x, Shape shape)
    {
        CpuTensor source = Operand(x, nameof(Reshape));
        if (shape.Count != source.Shape.Count)
            throw new ArgumentException($"Reshape: {source.Shape} cannot be seen as {shape}.", nameof(shape));
        return source.View(shape);
    }

    /// <inheritdoc/>
    public void Dispose() => _workspace.Dispose();

    /// <summary>Begins an op: a new tensor for its result, unless the caller has cancelled.</summary>
    private CpuTensor Begin(Shape shape)
    {
        cancellationToken.ThrowIfCancellationRequested();
        return new CpuTensor(shape, _workspace.Rent(shape.Count));
    }

    /// <summary>The tensor as one of this session.</summary>
    private CpuTensor Operand(Tensor x, string op)
    {
        ArgumentNullException.ThrowIfNull(x);
        if (x is CpuTensor tensor && tensor.Workspace == _workspace) return tensor;
        throw new ArgumentException($"{op}: the tensor {x.Shape} is of another session.", nameof(x));
    }
}
