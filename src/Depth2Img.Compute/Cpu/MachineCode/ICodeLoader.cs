namespace Depth2Img.Compute.Cpu.MachineCode;

/// <summary>Makes machine code callable.</summary>
internal interface ICodeLoader
{
    /// <summary>Loads functions.</summary>
    /// <param name="functions">Each function's bytes, position-independent.</param>
    /// <returns>As many functions, or null where the system refuses to run such code.</returns>
    MachineFunction[]? TryLoad(IReadOnlyList<byte[]> functions);
}
