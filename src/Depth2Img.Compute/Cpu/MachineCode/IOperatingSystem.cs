namespace Depth2Img.Compute.Cpu.MachineCode;

/// <summary>What assembled kernels need of the operating system. Whatever it refuses, other kernels do without.</summary>
internal unsafe interface IOperatingSystem
{
    /// <summary>Puts machine code where it can be run. Its pages are never writable and executable at a time, and are never given back.</summary>
    /// <returns>The first instruction, or null where the system refuses.</returns>
    void* MapCode(ReadOnlySpan<byte> code);
}
