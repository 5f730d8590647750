namespace Depth2Img.Compute.Platform;

/// <summary>Systems whose calls the program does not know: everything is refused.</summary>
internal sealed unsafe class UnknownSystem : IOperatingSystem
{
    /// <inheritdoc/>
    public void* MapCode(ReadOnlySpan<byte> code) => null;

    /// <inheritdoc/>
    public bool PermitTileRegisters() => false;

    /// <inheritdoc/>
    public void* MapHuge(long bytes) => null;

    /// <inheritdoc/>
    public void Unmap(void* address, long bytes) { }

    /// <inheritdoc/>
    public void DropFilePages(void* start, long bytes) { }
}
