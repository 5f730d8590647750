using System.Runtime.Intrinsics.X86;

namespace Depth2Img.Compute.Cpu;

/// <summary>Which tiers this machine has, and which one to use.</summary>
public static class CpuTiers
{
    /// <summary>The environment variable that names a tier to use instead of the best one.</summary>
    public const string EnvironmentVariable = "DEPTH2IMG_CPU";

    /// <summary>The tiers that this machine runs, slowest first.</summary>
    public static IReadOnlyList<CpuTier> Available { get; } = [.. Enum.GetValues<CpuTier>().Where(IsAvailable)];

    /// <summary>The fastest tier that this machine runs.</summary>
    public static CpuTier Best => Available[^1];

    /// <summary>The tier that <see cref="EnvironmentVariable"/> names, or else the best one.</summary>
    /// <exception cref="Depth2ImgException">The variable names no tier of this machine.</exception>
    public static CpuTier Default => FromSetting(Environment.GetEnvironmentVariable(EnvironmentVariable));

    /// <summary>The tier that a setting names, or the best one if it is empty.</summary>
    internal static CpuTier FromSetting(string? name) => string.IsNullOrWhiteSpace(name) ? Best : Parse(name);

    /// <summary>The tier of a name such as "avx2"; case does not matter.</summary>
    /// <exception cref="Depth2ImgException">There is no such tier, or this machine lacks it.</exception>
    public static CpuTier Parse(string name)
    {
        ArgumentNullException.ThrowIfNull(name);
        string wanted = name.Trim();
        foreach (CpuTier tier in Enum.GetValues<CpuTier>())
        {
            if (!wanted.Equals(tier.Name(), StringComparison.OrdinalIgnoreCase)) continue;
            return IsAvailable(tier)
                ? tier
                : throw new Depth2ImgException($"This processor has no '{tier.Name()}' instructions; it has {AvailableNames}.");
        }
        throw new Depth2ImgException($"There is no processor tier '{wanted}'; this machine has {AvailableNames}.");
    }

    /// <summary>Whether this machine runs a tier's kernels.</summary>
    /// <remarks>
    /// Asked of the instruction sets themselves: Vector512.IsHardwareAccelerated is also false where the runtime
    /// thinks that wide vectors slow the clock.
    /// </remarks>
    public static bool IsAvailable(CpuTier tier) => tier switch
    {
        CpuTier.Vector128 => true,
        CpuTier.Avx2 => Avx2.IsSupported && Fma.IsSupported,
        CpuTier.Avx512 => Avx512F.IsSupported && Avx512BW.IsSupported && Avx512DQ.IsSupported && Avx512F.VL.IsSupported,
        _ => false,
    };

    /// <summary>The name that people write: "vector128", "avx2", "avx512".</summary>
    public static string Name(this CpuTier tier) => tier switch
    {
        CpuTier.Vector128 => "vector128",
        CpuTier.Avx2 => "avx2",
        CpuTier.Avx512 => "avx512",
        _ => throw new ArgumentOutOfRangeException(nameof(tier), tier, "No such tier."),
    };

    private static string AvailableNames => string.Join(", ", Available.Select(Name));
}
