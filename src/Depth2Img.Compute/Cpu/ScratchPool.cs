namespace Depth2Img.Compute.Cpu;

/// <summary>Scratch memory for tasks: a buffer for each thread at work, kept from op to op. Taken and given back without locks.</summary>
internal sealed unsafe class ScratchPool : IDisposable
{
    private readonly AlignedBuffer?[] _free;
    private long _largest;
    private volatile bool _disposed;

    /// <summary>Makes as many buffers as there are threads; they grow to what ops need.</summary>
    /// <param name="threads">How many threads work at a time. More are served too, with memory that is not kept.</param>
    public ScratchPool(int threads)
    {
        _free = new AlignedBuffer[threads];
        for (int i = 0; i < threads; i++) _free[i] = new AlignedBuffer(0, hugePages: true);
    }

    /// <summary>Takes a buffer of arbitrary content until the lease is disposed.</summary>
    /// <param name="floats">How many floats it holds at least.</param>
    public Lease Rent(long floats)
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        // As much as any op needed yet, so that buffers do not grow again and again.
        long bytes = Math.Max(floats * sizeof(float), Volatile.Read(ref _largest));
        Volatile.Write(ref _largest, bytes);
        AlignedBuffer buffer = TakeFree() ?? new AlignedBuffer(bytes, hugePages: true);
        buffer.Reserve(bytes);
        return new Lease(this, buffer);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _disposed = true;
        while (TakeFree() is { } buffer) buffer.Dispose();
    }

    private AlignedBuffer? TakeFree()
    {
        for (int i = 0; i < _free.Length; i++)
        {
            if (Interlocked.Exchange(ref _free[i], null) is { } buffer) return buffer;
        }
        return null;
    }

    private void Return(AlignedBuffer buffer)
    {
        for (int i = 0; i < _free.Length && !_disposed; i++)
        {
            if (Interlocked.CompareExchange(ref _free[i], buffer, null) is null) return;
        }
        buffer.Dispose();
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
