using Depth2Img.Compute.Cpu.MachineCode;
using Depth2Img.Compute.Platform;

namespace Depth2Img.Compute.Cpu.Amx;

/// <summary>Whether tile registers can be used here, and the kernels that use them.</summary>
internal sealed class AmxSupport
{
    /// <summary>Bits of the extended control register XCR0: the system saves tiles' configuration and content.</summary>
    internal const ulong TileState = (1ul << 17) | (1ul << 18);

    private static readonly Lazy<AmxSupport> s_current = new(() => Find(
        ProcessorFeatures.HasAmxBFloat16,
        () => ProcessorFeatures.EnabledState(CurrentSystem.Instance),
        CurrentSystem.Instance,
        new NativeCodeLoader(CurrentSystem.Instance)));

    private readonly AmxUnit? _unit;

    private AmxSupport(AmxUnit? unit, string? refusal)
    {
        _unit = unit;
        Refusal = refusal;
    }

    /// <summary>What this machine has; found out once a process.</summary>
    public static AmxSupport Current => s_current.Value;

    /// <summary>Why there is none, as the end of a sentence; null if there is.</summary>
    public string? Refusal { get; }

    /// <summary>The kernels.</summary>
    /// <exception cref="NotSupportedException">There are none: see <see cref="Refusal"/>.</exception>
    public AmxUnit Unit => _unit ?? throw new NotSupportedException($"There are no AMX kernels: {Refusal}.");

    /// <summary>Asks the processor, then the system.</summary>
    /// <param name="hasInstructions">Whether the processor has the instructions.</param>
    /// <param name="enabledState">Reads XCR0; null where it cannot be read. Called only if the processor has the instructions.</param>
    /// <param name="system">Gives the permission.</param>
    /// <param name="loader">Loads the kernels.</param>
    public static AmxSupport Find(bool hasInstructions, Func<ulong?> enabledState, IOperatingSystem system, ICodeLoader loader)
    {
        if (!hasInstructions) return new(null, "the processor has no AMX-BF16, or hides it");
        if (enabledState() is not ulong enabled) return new(null, "the operating system runs no assembled code");
        if ((enabled & TileState) != TileState) return new(null, "the operating system does not support AMX");
        if (!system.PermitTileRegisters()) return new(null, "the operating system refuses the use of AMX");
        if (AmxUnit.TryLoad(loader) is not AmxUnit unit) return new(null, "the operating system runs no assembled code");
        if (AmxSelfCheck.Passes(unit)) return new(unit, null);
        unit.Dispose();
        return new(null, "its AMX gives wrong results");
    }
}
