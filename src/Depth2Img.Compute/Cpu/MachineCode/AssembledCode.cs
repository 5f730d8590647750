using Depth2Img.Compute.Platform;
using Iced.Intel;

namespace Depth2Img.Compute.Cpu.MachineCode;

/// <summary>Machine code made at run time, for instructions that the compiler does not offer.</summary>
internal static unsafe class AssembledCode
{
    /// <summary>Who maps it.</summary>
    public static IOperatingSystem System => CurrentSystem.Instance;

    /// <summary>Assembles a position-independent function in 64-bit mode.</summary>
    /// <param name="emit">Adds the instructions.</param>
    public static byte[] Assemble(Action<Assembler> emit)
    {
        Assembler assembler = new(bitness: 64);
        emit(assembler);
        using MemoryStream code = new();
        assembler.Assemble(new StreamCodeWriter(code), rip: 0);
        return code.ToArray();
    }

    /// <summary>Puts several functions into executable memory.</summary>
    /// <param name="system">Who maps it.</param>
    /// <param name="functions">Each function's bytes.</param>
    /// <returns>Their first instructions, or null where the system refuses.</returns>
    public static nint[]? TryLoad(IOperatingSystem system, IReadOnlyList<byte[]> functions)
    {
        const int alignment = 64;
        int[] offsets = new int[functions.Count];
        int length = 0;
        for (int i = 0; i < functions.Count; i++)
        {
            offsets[i] = length;
            length += (functions[i].Length + alignment - 1) / alignment * alignment;
        }
        byte[] all = new byte[length];
        for (int i = 0; i < functions.Count; i++) functions[i].CopyTo(all, offsets[i]);
        byte* start = (byte*)system.MapCode(all);
        return start == null ? null : Array.ConvertAll(offsets, offset => (nint)(start + offset));
    }
}
