namespace Depth2Img.Compute.Cpu;

/// <summary>A piece of a <see cref="Workspace"/>, shared by the tensors that see it; the last one to let go returns it.</summary>
internal sealed unsafe class WorkspaceBlock(Workspace workspace, AlignedBuffer buffer) : IDisposable
{
    private int _references;
    private WorkspaceBlock? _moments;
    private Shape _momentsShape;

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
        Forget();
        workspace.Return(this);
    }

    /// <summary>Keeps what the producer of the values found out about them, for as long as they stay as they are.</summary>
    /// <param name="moments">A mean and a sum of squares of the distances from it for each channel of each picture, in double precision; taken over.</param>
    /// <param name="shape">[pictures, channels].</param>
    public void Keep(WorkspaceBlock moments, Shape shape)
    {
        Forget();
        _moments = moments;
        _momentsShape = shape;
    }

    /// <summary>Drops what is known of the values: called before they change.</summary>
    public void Forget()
    {
        _moments?.Dispose();
        _moments = null;
    }

    /// <summary>What is known of the values seen as so many pictures of so many channels, [pictures, channels, 2]; null if nothing is.</summary>
    public double* MomentsOf(int pictures, int channels) =>
        _moments is null || _momentsShape != new Shape(pictures, channels) ? null : (double*)_moments.Data;

    /// <summary>Frees the memory; called by the workspace.</summary>
    internal void Release() => buffer.Dispose();
}
