using Depth2Img.Compute.Checkpoints;
using Depth2Img.Random;
using Depth2Img.TestSupport;

namespace Depth2Img.Tests.Random;

public sealed class TorchCpuRandomTests : IDisposable
{
    private static readonly long[] Seeds = [0, 1, 42, 4294967295, 9007199254740993];

    private readonly SafetensorsFile _golden = SafetensorsFile.Open(Repository.Golden("rng.safetensors"));

    public static TheoryData<long> AllSeeds => [.. Seeds];

    public void Dispose() => _golden.Dispose();

    [Theory]
    [MemberData(nameof(AllSeeds))]
    public void Normals_of_any_count_are_torchs_to_the_bit(long seed)
    {
        foreach (int count in (int[])[1, 3, 15, 16, 17, 31, 40, 4101])
            Assert.Equal(Golden($"randn.{seed}.{count}"), Normals(new TorchCpuRandom(seed), count));
    }

    [Theory]
    [MemberData(nameof(AllSeeds))]
    public void Small_draws_keep_their_spare_value_for_the_next_one_over_a_large_draw(long seed)
    {
        TorchCpuRandom random = new(seed);
        Assert.Equal(Golden($"odd.{seed}.a"), Normals(random, 5));
        Assert.Equal(Golden($"odd.{seed}.b"), Normals(random, 7));
        Assert.Equal(Golden($"odd.{seed}.c"), Normals(random, 33));
    }

    [Theory]
    [MemberData(nameof(AllSeeds))]
    public void Successive_draws_of_normals_and_uniform_values_are_torchs_to_the_bit(long seed)
    {
        TorchCpuRandom random = new(seed);
        Assert.Equal(Golden($"twice.{seed}.a"), Normals(random, 4 * 6 * 6));
        Assert.Equal(Golden($"twice.{seed}.b"), Normals(random, 4 * 6 * 6));
        float[] uniform = new float[9];
        random.FillUniform(uniform);
        Assert.Equal(Golden($"rand.{seed}"), uniform);
    }

    [Theory]
    [MemberData(nameof(AllSeeds))]
    public void Half_draws_are_torchs_to_the_bit(long seed)
    {
        Half[] values = new Half[64];
        new TorchCpuRandom(seed).FillNormal(values);
        Assert.Equal(Golden($"half.{seed}"), Array.ConvertAll(values, v => (float)v));
    }

    [Fact]
    public void Uniform_halves_are_the_rounded_singles()
    {
        float[] singles = new float[100];
        Half[] halves = new Half[100];
        new TorchCpuRandom(3).FillUniform(singles);
        new TorchCpuRandom(3).FillUniform(halves);
        Assert.Equal(Array.ConvertAll(singles, s => (Half)s), halves);
    }

    [Theory]
    [InlineData(-1, 4294967295)]
    [InlineData(long.MinValue, 0)]
    [InlineData(4294967296 + 42, 42)]
    [InlineData(long.MaxValue, 4294967295)]
    public void Only_the_low_32_bits_of_a_seed_count(long seed, long same) =>
        Assert.Equal(Normals(new TorchCpuRandom(same), 40), Normals(new TorchCpuRandom(seed), 40));

    [Fact]
    public void A_draw_of_nothing_draws_nothing()
    {
        TorchCpuRandom random = new(0);
        random.FillNormal(Span<float>.Empty);
        random.FillUniform(Span<float>.Empty);
        Assert.Equal(Golden("randn.0.17"), Normals(random, 17));
    }

    [Fact]
    public void A_million_normals_are_finite_with_mean_0_and_variance_1()
    {
        float[] values = Normals(new TorchCpuRandom(7), 1_000_003);
        Assert.All(values, v => Assert.True(float.IsFinite(v)));
        double mean = values.Average(v => (double)v);
        Assert.Equal(0, mean, 0.005);
        Assert.Equal(1, values.Average(v => (v - mean) * (v - mean)), 0.01);
    }

    private static float[] Normals(TorchCpuRandom random, int count)
    {
        float[] values = new float[count];
        random.FillNormal(values);
        return values;
    }

    private float[] Golden(string name)
    {
        float[] values = new float[_golden[name].Count];
        _golden[name].CopyTo(0, values);
        return values;
    }
}
