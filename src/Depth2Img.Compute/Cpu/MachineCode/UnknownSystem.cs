namespace Depth2Img.Compute.Cpu.MachineCode;

/// <summary>Systems whose calls, or whose calling convention, the assembled kernels do not know: everything is refused.</summary>
internal sealed unsafe class UnknownSystem : IOperatingSystem
{
    /// <inheritdoc/>
    public void* MapCode(ReadOnlySpan<byte> code) => null;
}
