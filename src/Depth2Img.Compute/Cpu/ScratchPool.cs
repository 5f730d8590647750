namespace Depth2Img.Compute.Cpu;

/// <summary>Scratch memory for tasks: at most one buffer a thread at work, kept from op to op.</summary>
internal sealed unsafe class ScratchPool : IDisposable
{
    private readonly Lock _lock = new();
    private readonly Stack<AlignedBuffer> _free = new();
    private bool _disposed;

    /// <summary>Takes a buffer of arbitrary content until the lease is disposed.</summary>
    /// <param name="floats">How many floats it holds at least.</param>
    public Lease Rent(long floats)
    {
        AlignedBuffer? buffer = null;
        lock (_lock)
        {
            ObjectDisposedException.ThrowIf(_disposed, this);
            if (_free.Count > 0) buffer = _free.Pop();
        }
        long bytes = floats * sizeof(float);
        if (buffer is not null && buffer.Bytes < bytes)
        {
            buffer.Dispose();
            buffer = null;
        }
        return new Lease(this, buffer ?? new AlignedBuffer(bytes, hugePages: true));
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        lock (_lock)
        {
            _disposed = true;
            while (_free.Count > 0) _free.Pop().Dispose();
        }
    }

    private void Return(AlignedBuffer buffer)
    {
        lock (_lock)
        {
            if (_disposed) buffer.Dispose();
            else _free.Push(buffer);
        }
    }

    /// <summary>A buffer in use.</summary>
    public readonly ref struct Lease(ScratchPool pool, AlignedBuffer buffer)
    {
        /// <summary>The first float, 64-byte aligned.</summary>
        public float* Data => (float*)buffer.Data;

        /// <summary>Gives the buffer back.</summary>
        public void Dispose() => pool.Return(buffer);
    }
}
