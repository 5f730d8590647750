using Depth2Img.Compute.Cpu;

namespace Depth2Img.Compute.Tests.Support;

/// <summary>Every tier of single precision that this machine runs, as theory data.</summary>
public sealed class Tiers : TheoryData<CpuTier>
{
    public Tiers()
    {
        foreach (CpuTier tier in CpuTiers.Available.Where(tier => tier.IsFloat32())) Add(tier);
    }
}
