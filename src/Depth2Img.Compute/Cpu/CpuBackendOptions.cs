using Depth2Img.Compute.Cpu.Tuning;

namespace Depth2Img.Compute.Cpu;

/// <summary>How a <see cref="CpuBackend"/> runs.</summary>
public sealed record CpuBackendOptions
{
    /// <summary>Which kernels to use; null for those that the environment variable DEPTH2IMG_CPU names, or else the best of this machine that <see cref="Precision"/> allows.</summary>
    public CpuTier? Tier { get; init; }

    /// <summary>What arithmetic is allowed where <see cref="Tier"/> names no kernels.</summary>
    public Precision Precision { get; init; }

    /// <summary>How many threads, at least 1; null for as many as there are processors for this process. Results do not depend on it.</summary>
    public int? Threads { get; init; }

    /// <summary>What kernels are cut into where candidates for the table are measured; null for the tier's entry of it.</summary>
    internal KernelBlocks? Blocks { get; init; }
}
