namespace Depth2Img.Compute.Cpu;

/// <summary>
/// Activations in native memory, row-major. Tensors made by a reshape share one block. Handles are the session's,
/// which gives them out again (<see cref="TensorHandles"/>).
/// </summary>
internal sealed unsafe class CpuTensor(TensorHandles handles) : Tensor(default)
{
    private WorkspaceBlock? _block;

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

    /// <summary>Makes the handle that of a new tensor, which takes over one reference to a block.</summary>
    public void Open(Shape shape, WorkspaceBlock block)
    {
        Shape = shape;
        _block = block;
    }

    /// <summary>The same memory with another shape of equal count.</summary>
    public CpuTensor View(Shape shape)
    {
        WorkspaceBlock block = Block;
        block.AddReference();
        return handles.Open(shape, block);
    }

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        if (_block is null) return;
        _block.Dispose();
        _block = null;
        handles.Retire(this);
    }
}
