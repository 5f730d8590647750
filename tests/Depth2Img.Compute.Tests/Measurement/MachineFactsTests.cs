using Depth2Img.Compute.Cpu;
using Depth2Img.Compute.Measurement;
using Depth2Img.TestSupport;

namespace Depth2Img.Compute.Tests.Measurement;

public class MachineFactsTests
{
    [Fact]
    public void A_clock_is_between_a_tenth_and_ten_gigahertz() => Assert.InRange(ClockMeter.Gigahertz(), 0.1, 10);

    [Fact]
    public void Every_tier_has_a_peak()
    {
        using WorkerPool pool = new(1);
        Assert.All(CpuTiers.Available, tier => Assert.InRange(PeakLoops.MeasureFloat32(tier, pool), 0.1, 10_000));
        Assert.Equal(CpuTiers.IsAvailable(CpuTier.Amx), PeakLoops.MeasureTiles(pool) > 0);
    }

    [Fact]
    public void The_last_cache_is_the_largest_that_the_system_names()
    {
        using TemporaryFolder folder = new();
        foreach ((string index, string size) in new[] { ("index0", "32K\n"), ("index3", "32768K\n"), ("index2", "1M\n") })
        {
            Directory.CreateDirectory(Path.Combine(folder.Path, index));
            File.WriteAllText(Path.Combine(folder.Path, index, "size"), size);
        }
        Assert.Equal(32L << 20, CacheSize.Read(folder.Path));
    }

    [Fact]
    public void A_system_that_names_no_caches_is_taken_to_have_a_large_one() => Assert.Equal(64L << 20, CacheSize.Read("/none/such"));
}
