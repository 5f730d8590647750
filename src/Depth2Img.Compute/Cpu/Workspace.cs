namespace Depth2Img.Compute.Cpu;

/// <summary>
/// The memory of one session's activations and scratch. Blocks given back are kept and reused by best fit, because fresh
/// pages cost far more than arithmetic on them; what is kept is bounded by what was needed at once. Not thread-safe:
/// ops take and return blocks on the session's thread only.
/// </summary>
internal sealed class Workspace : IDisposable
{
    /// <summary>Free memory that is kept in any case.</summary>
    public const long Slack = 32L << 20;

    /// <summary>A block more than this many times too large is left for something larger.</summary>
    private const int LooseFit = 2;

    private const int SmallBlock = 1 << 16;

    // Oldest first, so that the front is what was not reused for longest.
    private readonly List<WorkspaceBlock> _free = [];
    private readonly HashSet<WorkspaceBlock> _used = [];
    private bool _disposed;

    /// <summary>Bytes in blocks that are in use.</summary>
    public long CurrentBytes { get; private set; }

    /// <summary>The most bytes that were in use at once.</summary>
    public long PeakBytes { get; private set; }

    /// <summary>Bytes taken from the system, in use or kept: at most a quarter and <see cref="Slack"/> more than <see cref="PeakBytes"/>.</summary>
    public long ReservedBytes { get; private set; }

    /// <summary>Takes a block for floats, of arbitrary content, with one reference.</summary>
    /// <param name="count">How many floats.</param>
    public WorkspaceBlock Rent(long count)
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        long bytes = SizeClass(checked(count * sizeof(float)));
        WorkspaceBlock block = TakeFree(bytes) ?? Reserve(bytes);
        _used.Add(block);
        CurrentBytes += block.Bytes;
        PeakBytes = Math.Max(PeakBytes, CurrentBytes);
        return block;
    }

    /// <summary>Takes a block back for reuse; called by its last reference.</summary>
    internal void Return(WorkspaceBlock block)
    {
        // After the session's end the memory is gone already.
        if (!_used.Remove(block)) return;
        CurrentBytes -= block.Bytes;
        _free.Add(block);
    }

    /// <summary>Frees everything. Tensors that are still held become unusable.</summary>
    public void Dispose()
    {
        if (_disposed) return;
        _disposed = true;
        foreach (WorkspaceBlock block in _free) block.Release();
        foreach (WorkspaceBlock block in _used) block.Release();
        _free.Clear();
        _used.Clear();
        CurrentBytes = 0;
        ReservedBytes = 0;
    }

    private WorkspaceBlock? TakeFree(long bytes)
    {
        int best = -1;
        long limit = Math.Max(bytes, SmallBlock) * LooseFit;
        for (int i = 0; i < _free.Count; i++)
        {
            long capacity = _free[i].Bytes;
            if (capacity < bytes || capacity > limit) continue;
            // Of equals the most recent one, which is likelier to be in cache.
            if (best < 0 || capacity <= _free[best].Bytes) best = i;
        }
        if (best < 0) return null;
        WorkspaceBlock block = _free[best];
        _free.RemoveAt(best);
        return block;
    }

    private WorkspaceBlock Reserve(long bytes)
    {
        long peak = Math.Max(PeakBytes, CurrentBytes + bytes);
        while (_free.Count > 0 && ReservedBytes + bytes > peak + peak / 4 + Slack)
        {
            WorkspaceBlock oldest = _free[0];
            _free.RemoveAt(0);
            ReservedBytes -= oldest.Bytes;
            oldest.Release();
        }
        WorkspaceBlock block = new(this, new AlignedBuffer(bytes));
        ReservedBytes += block.Bytes;
        return block;
    }

    /// <summary>Rounds up to one of eight sizes an octave, so that similar shapes share blocks.</summary>
    private static long SizeClass(long bytes)
    {
        if (bytes <= 4096) return Math.Max(AlignedBuffer.Alignment, (bytes + 63) & ~63L);
        long step = 1L << (63 - System.Numerics.BitOperations.LeadingZeroCount((ulong)bytes - 1) - 3);
        return (bytes + step - 1) / step * step;
    }
}
