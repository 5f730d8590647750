namespace Depth2Img.Compute.Cpu;

/// <summary>
/// The tensor handles of one session. Those of disposed tensors are used again, so that ops take nothing from the garbage
/// collector's heap; but not at once: a handle rests while some others are retired, and whoever uses or disposes it too late
/// meets a disposed tensor, not another one. Not thread-safe, as sessions are not.
/// </summary>
internal sealed class TensorHandles
{
    /// <summary>How many handles rest at a time.</summary>
    public const int Resting = 32;

    private readonly Queue<CpuTensor> _retired = new();

    /// <summary>A handle of a new tensor, which takes over one reference to a block.</summary>
    public CpuTensor Open(Shape shape, WorkspaceBlock block)
    {
        CpuTensor tensor = _retired.Count > Resting ? _retired.Dequeue() : new CpuTensor(this);
        tensor.Open(shape, block);
        return tensor;
    }

    /// <summary>Takes back the handle of a tensor that was disposed.</summary>
    public void Retire(CpuTensor tensor) => _retired.Enqueue(tensor);
}
