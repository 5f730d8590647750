using Depth2Img.Compute.Cpu;
using Depth2Img.Compute.Tests.Support;

namespace Depth2Img.Compute.Tests.Cpu;

public class CpuTiersTests
{
    [Fact]
    public void Every_machine_has_the_portable_tier_and_the_best_one_is_the_last()
    {
        Assert.Equal(CpuTier.Vector128, CpuTiers.Available[0]);
        Assert.Equal(CpuTiers.Available.Max(), CpuTiers.Best);
        Assert.All(CpuTiers.Available, tier => Assert.True(CpuTiers.IsAvailable(tier)));
    }

    [Theory]
    [ClassData(typeof(Tiers))]
    public void A_tier_of_the_machine_is_found_by_its_name_in_any_case(CpuTier tier)
    {
        Assert.Equal(tier, CpuTiers.Parse(tier.Name()));
        Assert.Equal(tier, CpuTiers.Parse(" " + tier.Name().ToUpperInvariant()));
    }

    [Fact]
    public void An_empty_setting_means_the_best_tier_and_a_name_forces_one()
    {
        Assert.Equal(CpuTiers.Best, CpuTiers.FromSetting(null));
        Assert.Equal(CpuTiers.Best, CpuTiers.FromSetting(" "));
        Assert.Equal(CpuTier.Vector128, CpuTiers.FromSetting("vector128"));
        Assert.Throws<Depth2ImgException>(() => CpuTiers.FromSetting("fastest"));
    }

    [Fact]
    public void An_unknown_name_is_refused_with_the_names_that_there_are()
    {
        Depth2ImgException e = Assert.Throws<Depth2ImgException>(() => CpuTiers.Parse("mmx"));
        Assert.Contains("'mmx'", e.Message, StringComparison.Ordinal);
        Assert.Contains("vector128", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_tier_that_the_machine_lacks_is_refused_by_name()
    {
        foreach (CpuTier tier in Enum.GetValues<CpuTier>().Except(CpuTiers.Available))
        {
            Depth2ImgException e = Assert.Throws<Depth2ImgException>(() => CpuTiers.Parse(tier.Name()));
            Assert.Contains(tier.Name(), e.Message, StringComparison.Ordinal);
            Assert.Throws<Depth2ImgException>(() => new CpuBackend(new CpuBackendOptions { Tier = tier }));
        }
    }
}
