namespace Depth2Img.Compute.Platform;

/// <summary>
/// Everything that kernels and their memory ask of the operating system beyond what the runtime offers. A system may refuse
/// anything: then other kernels run, and memory is taken and given back in ordinary ways, with the same results.
/// </summary>
internal unsafe interface IOperatingSystem
{
    /// <summary>The alignment and the unit of <see cref="MapHuge"/>.</summary>
    const long HugePage = 2 << 20;

    /// <summary>Puts machine code where it can be run. Its pages are never writable and executable at a time, and are never given back.</summary>
    /// <returns>The first instruction, or null where the system refuses.</returns>
    void* MapCode(ReadOnlySpan<byte> code);

    /// <summary>Asks for the use of AMX tile registers, which processes lack until they ask. The answer holds for all threads, for good.</summary>
    /// <returns>Whether the system allows it.</returns>
    bool PermitTileRegisters();

    /// <summary>Maps zeroed memory at a 2 MiB boundary and offers it to the system for huge pages.</summary>
    /// <param name="bytes">A multiple of <see cref="HugePage"/>.</param>
    /// <returns>Memory for <see cref="Unmap"/>, or null if the system has no such thing or no memory.</returns>
    void* MapHuge(long bytes);

    /// <summary>Frees what <see cref="MapHuge"/> gave.</summary>
    void Unmap(void* address, long bytes);

    /// <summary>
    /// Takes the pages of a file's mapping out of the process. They stay valid: whoever looks at them again has them
    /// mapped again, from the system's file cache as a rule.
    /// </summary>
    /// <param name="start">Where the mapping begins.</param>
    /// <param name="bytes">Its length.</param>
    void DropFilePages(void* start, long bytes);
}
