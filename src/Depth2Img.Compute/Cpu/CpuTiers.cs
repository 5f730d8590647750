using System.Runtime.Intrinsics.X86;
using Depth2Img.Compute.Cpu.Amx;
using Depth2Img.Compute.Cpu.Gemm;
using Depth2Img.Compute.Cpu.MachineCode;

namespace Depth2Img.Compute.Cpu;

/// <summary>Which tiers this machine has, and which one to use.</summary>
public static class CpuTiers
{
    /// <summary>The environment variable that names a tier to use instead of the best one.</summary>
    public const string EnvironmentVariable = "DEPTH2IMG_CPU";

    /// <summary>The tiers that this machine runs, in the order of <see cref="CpuTier"/>.</summary>
    public static IReadOnlyList<CpuTier> Available { get; } = Offer(AmxSupport.Current);

    /// <summary>The fastest tier that this machine runs.</summary>
    /// <remarks>
    /// Decided by what the processor says it is, never by a trial, so that a machine makes the same bits on every run: 16-bit products
    /// are taken where they are known to be at least twice as fast as those in single precision.
    /// </remarks>
    public static CpuTier Best { get; } = Fastest(Available, ProcessorFeatures.DoublesBFloat16Products);

    /// <summary>The fastest tier of this machine that computes in single precision.</summary>
    public static CpuTier BestFloat32 { get; } = Available.Where(IsFloat32).Max();

    /// <summary>The tier that <see cref="EnvironmentVariable"/> names, or else the best one.</summary>
    /// <exception cref="Depth2ImgException">The variable names no tier of this machine.</exception>
    public static CpuTier Default => Choose(null, Precision.Auto);

    /// <summary>The tier to use.</summary>
    /// <param name="name">A tier's name; if empty, the one that <see cref="EnvironmentVariable"/> names, or else the best that the precision allows.</param>
    /// <param name="precision">What arithmetic is allowed.</param>
    /// <exception cref="Depth2ImgException">There is no such tier, this machine lacks it, or its arithmetic is not allowed.</exception>
    public static CpuTier Choose(string? name, Precision precision) =>
        FromSetting(string.IsNullOrWhiteSpace(name) ? Environment.GetEnvironmentVariable(EnvironmentVariable) : name, precision);

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
                : throw new Depth2ImgException(Refusal(tier, AmxSupport.Current));
        }
        throw new Depth2ImgException($"There is no processor tier '{wanted}'; this machine has {AvailableNames}.");
    }

    /// <summary>Whether this machine runs a tier's kernels.</summary>
    /// <remarks>Tiers with kernels assembled at run time also need a system that runs them, and AMX one that permits it.</remarks>
    public static bool IsAvailable(CpuTier tier) => tier switch
    {
        CpuTier.Vector128 => true,
        CpuTier.Avx2 => Avx2.IsSupported && Fma.IsSupported,
        CpuTier.Avx512 => ProcessorFeatures.HasAvx512,
        CpuTier.Avx512BFloat16 => IsAvailable(CpuTier.Avx512) && MicroKernelBFloat16.IsAvailable,
        CpuTier.Amx => AmxSupport.Current.Refusal is null,
        _ => false,
    };

    /// <summary>The name that people write: "vector128", "avx2", "avx512", "avx512bf16", "amx".</summary>
    public static string Name(this CpuTier tier) => tier switch
    {
        CpuTier.Vector128 => "vector128",
        CpuTier.Avx2 => "avx2",
        CpuTier.Avx512 => "avx512",
        CpuTier.Avx512BFloat16 => "avx512bf16",
        CpuTier.Amx => "amx",
        _ => throw new ArgumentOutOfRangeException(nameof(tier), tier, "No such tier."),
    };

    /// <summary>Whether all of a tier's arithmetic is in single precision.</summary>
    public static bool IsFloat32(this CpuTier tier) => tier.Vectors() == tier;

    /// <summary>The tier of a setting.</summary>
    internal static CpuTier FromSetting(string? name, Precision precision)
    {
        if (string.IsNullOrWhiteSpace(name)) return precision == Precision.Float32 ? BestFloat32 : Best;
        CpuTier tier = Parse(name);
        return precision == Precision.Auto || tier.IsFloat32()
            ? tier
            : throw new Depth2ImgException($"The processor tier '{tier.Name()}' multiplies 16-bit numbers, but the precision asked for is float32; leave out one of them.");
    }

    /// <summary>The tiers of this machine, with tile registers or without.</summary>
    internal static IReadOnlyList<CpuTier> Offer(AmxSupport amx) =>
        [.. Enum.GetValues<CpuTier>().Where(tier => tier == CpuTier.Amx ? amx.Refusal is null : IsAvailable(tier))];

    /// <summary>The sentence that refuses a tier that this machine lacks.</summary>
    internal static string Refusal(CpuTier tier, AmxSupport amx)
    {
        string reason = tier == CpuTier.Amx ? $": {amx.Refusal}" : "";
        return $"This machine does not run '{tier.Name()}' instructions{reason}; it runs {AvailableNames}.";
    }

    /// <summary>The fastest of some tiers.</summary>
    internal static CpuTier Fastest(IEnumerable<CpuTier> tiers, bool doublesBFloat16) =>
        tiers.Where(tier => doublesBFloat16 || tier != CpuTier.Avx512BFloat16).Max();

    /// <summary>The tier whose kernels do what a tier has none of its own for.</summary>
    internal static CpuTier Vectors(this CpuTier tier) => tier is CpuTier.Avx512BFloat16 or CpuTier.Amx ? CpuTier.Avx512 : tier;

    private static string AvailableNames => string.Join(", ", Available.Select(Name));
}
