namespace Depth2Img.Compute.Cpu;

/// <summary>A piece of a <see cref="Workspace"/>, shared by the tensors that see it; the last one to let go returns it.</summary>
internal sealed unsafe class WorkspaceBlock(Workspace workspace, AlignedBuffer buffer) : IDisposable
{
    private int _references;

    /// <summary>The capacity.</summary>
    public long Bytes => buffer.Bytes;

    /// <summary>The first float.</summary>
    /// <exception cref="ObjectDisposedException">The session is over.</exception>
    public float* Data => (float*)buffer.Data;

    /// <summary>The workspace that the block is of.</summary>
    public Workspace Workspace => workspace;

    /// <summary>Counts one more user. A block that nobody has asked this of has one, its renter.</summary>
    public void AddReference() => _references++;

    /// <summary>Counts one user less; the last gives the block back to its workspace.</summary>
    public void Dispose()
    {
        if (_references-- > 0) return;
        _references = 0;
        workspace.Return(this);
    }

    /// <summary>Frees the memory; called by the workspace.</summary>
    internal void Release() => buffer.Dispose();
}
