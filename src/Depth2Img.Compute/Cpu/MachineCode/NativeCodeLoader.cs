using Depth2Img.Compute.Platform;

namespace Depth2Img.Compute.Cpu.MachineCode;

/// <summary>Functions that the processor runs.</summary>
/// <param name="system">Who maps them.</param>
internal sealed unsafe class NativeCodeLoader(IOperatingSystem system) : ICodeLoader
{
    /// <inheritdoc/>
    public MachineFunction[]? TryLoad(IReadOnlyList<byte[]> functions) =>
        AssembledCode.TryLoad(system, functions) is nint[] addresses ? Array.ConvertAll(addresses, MachineFunction (address) => new NativeFunction(address)) : null;

    private sealed class NativeFunction(nint address) : MachineFunction
    {
        /// <inheritdoc/>
        public override void Invoke(nint first, nint second, nint third, nint fourth, nint fifth, nint sixth) =>
            ((delegate* unmanaged<nint, nint, nint, nint, nint, nint, void>)address)(first, second, third, fourth, fifth, sixth);
    }
}
