namespace Depth2Img.Compute.Cpu;

/// <summary>Activations in native memory, row-major. Tensors made by a reshape share one block.</summary>
internal sealed unsafe class CpuTensor : Tensor
{
    private WorkspaceBlock? _block;

    /// <summary>Takes over one reference to a block.</summary>
    public CpuTensor(Shape shape, WorkspaceBlock block) : base(shape) => _block = block;

    /// <summary>The first value.</summary>
    /// <exception cref="ObjectDisposedException">The tensor was disposed, or its session is over.</exception>
    public float* Data => Block.Data;

    /// <summary>The workspace that the memory is of.</summary>
    public Workspace Workspace => Block.Workspace;

    /// <summary>The memory itself, which views share.</summary>
    public WorkspaceBlock Memory => Block;

    private WorkspaceBlock Block
    {
        get
        {
            ObjectDisposedException.ThrowIf(_block is null, this);
            return _block;
        }
    }

    /// <summary>The same memory with another shape of equal count.</summary>
    public CpuTensor View(Shape shape)
    {
        WorkspaceBlock block = Block;
        block.AddReference();
        return new CpuTensor(shape, block);
    }

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        _block?.Dispose();
        _block = null;
    }
}
