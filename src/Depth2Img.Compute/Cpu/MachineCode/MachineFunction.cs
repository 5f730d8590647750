namespace Depth2Img.Compute.Cpu.MachineCode;

/// <summary>
/// A function in machine code, called with up to six operands of 64 bits and no result, by the System V calling convention.
/// The processor runs it; tests also run one on a model of the processor.
/// </summary>
internal abstract class MachineFunction
{
    /// <summary>Calls it. Operands that it does not have are ignored.</summary>
    public abstract void Invoke(nint first = 0, nint second = 0, nint third = 0, nint fourth = 0, nint fifth = 0, nint sixth = 0);
}
