using Depth2Img.Compute.Cpu;
using Depth2Img.Compute.Cpu.MachineCode;
using Depth2Img.Compute.Reference;
using Depth2Img.Compute.Tests.Support;

namespace Depth2Img.Compute.Tests.Cpu;

public class CpuTiersTests
{
    [Fact]
    public void Every_machine_has_the_portable_tier_and_the_best_ones_are_among_its_own()
    {
        Assert.Equal(CpuTier.Vector128, CpuTiers.Available[0]);
        Assert.Contains(CpuTiers.Best, CpuTiers.Available);
        Assert.Contains(CpuTiers.BestFloat32, CpuTiers.Available);
        Assert.True(CpuTiers.BestFloat32.IsFloat32());
        Assert.All(CpuTiers.Available, tier => Assert.True(CpuTiers.IsAvailable(tier)));
    }

    [Fact]
    public void Products_of_16_bits_are_chosen_where_they_are_known_to_be_twice_as_fast()
    {
        CpuTier[] all = Enum.GetValues<CpuTier>(), withoutTiles = [.. all.Where(tier => tier != CpuTier.Amx)];
        Assert.Equal(CpuTier.Amx, CpuTiers.Fastest(all, doublesBFloat16: true));
        Assert.Equal(CpuTier.Amx, CpuTiers.Fastest(all, doublesBFloat16: false));
        Assert.Equal(CpuTier.Avx512BFloat16, CpuTiers.Fastest(withoutTiles, doublesBFloat16: true));
        Assert.Equal(CpuTier.Avx512, CpuTiers.Fastest(withoutTiles, doublesBFloat16: false));
        Assert.Equal(CpuTier.Avx2, CpuTiers.Fastest([CpuTier.Vector128, CpuTier.Avx2], doublesBFloat16: true));

        Assert.True(ProcessorFeatures.DoublesBFloat16("AuthenticAMD", 0x19));
        Assert.True(ProcessorFeatures.DoublesBFloat16("AuthenticAMD", 0x1A));
        Assert.False(ProcessorFeatures.DoublesBFloat16("GenuineIntel", 6));
        Assert.False(ProcessorFeatures.DoublesBFloat16("GenuineIntel", 0x19));
    }

    [Fact]
    public void A_tier_of_the_machine_is_found_by_its_name_in_any_case()
    {
        foreach (CpuTier tier in CpuTiers.Available)
        {
            Assert.Equal(tier, CpuTiers.Parse(tier.Name()));
            Assert.Equal(tier, CpuTiers.Parse(" " + tier.Name().ToUpperInvariant()));
        }
    }

    [Fact]
    public void An_empty_setting_means_the_best_tier_and_a_name_forces_one()
    {
        Assert.Equal(CpuTiers.Best, CpuTiers.FromSetting(null, Precision.Auto));
        Assert.Equal(CpuTiers.Best, CpuTiers.FromSetting(" ", Precision.Auto));
        Assert.Equal(CpuTiers.BestFloat32, CpuTiers.FromSetting(null, Precision.Float32));
        Assert.Equal(CpuTier.Vector128, CpuTiers.FromSetting("vector128", Precision.Auto));
        Assert.Equal(CpuTier.Vector128, CpuTiers.FromSetting("vector128", Precision.Float32));
        Assert.Throws<Depth2ImgException>(() => CpuTiers.FromSetting("fastest", Precision.Auto));
    }

    [Fact]
    public void A_tier_of_16_bit_products_is_refused_where_single_precision_is_asked_for()
    {
        foreach (CpuTier tier in NarrowTiers.Available)
        {
            Depth2ImgException e = Assert.Throws<Depth2ImgException>(() => CpuBackends.Create(tier.Name(), Precision.Float32));
            Assert.Contains(tier.Name(), e.Message, StringComparison.Ordinal);
            Assert.Contains("float32", e.Message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void Every_name_opens_a_back_end_that_says_what_it_is()
    {
        foreach (string name in CpuBackends.Names)
        {
            using IBackend backend = CpuBackends.Create(name);
            Assert.Contains(name, backend.Description, StringComparison.Ordinal);
            Assert.Equal(name is "avx512bf16" or "amx" ? "bfloat16" : "float32", backend.Precision);
        }
        using IBackend reference = CpuBackends.Create("Reference", Precision.Float32);
        Assert.IsType<ReferenceBackend>(reference);
    }

    [Fact]
    public void An_unknown_name_is_refused_with_the_names_that_there_are()
    {
        Depth2ImgException e = Assert.Throws<Depth2ImgException>(() => CpuBackends.Create("mmx"));
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
