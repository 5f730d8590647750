using System.Buffers;

namespace Depth2Img.Random;

/// <summary>
/// The numbers that <c>torch.Generator("cpu").manual_seed(seed)</c> gives to <c>torch.randn</c> and
/// <c>torch.rand</c>, so that a seed means the same picture as in diffusers. How many values one call draws matters,
/// as it does there: 16 and more are made in groups of 16, fewer one pair at a time. Not safe for use by several
/// threads at once.
/// </summary>
/// <param name="seed">Any number. As in torch, the low 32 bits of its two's complement count.</param>
public sealed class TorchCpuRandom(long seed) : IRandomSource
{
    private const int Group = 16;

    private readonly MersenneTwister _twister = new(unchecked((uint)seed));

    // The second of a pair of normals drawn in double precision; it waits for the next small draw, in any later call.
    private double? _spare;

    private TorchCpuRandom(TorchCpuRandom other) : this(0)
    {
        _twister = other._twister.Copy();
        _spare = other._spare;
    }

    /// <summary>A stream that goes on as this one does; neither changes the other.</summary>
    internal TorchCpuRandom Copy() => new(this);

    /// <summary>Fills with standard normal values as <c>torch.randn(n, dtype=torch.float32)</c> does.</summary>
    public void FillNormal(Span<float> destination)
    {
        if (destination.Length < Group)
        {
            for (int i = 0; i < destination.Length; i++) destination[i] = (float)NextNormal();
            return;
        }

        // All uniforms come first, then each group of 16 becomes normals in place. What is left over at the end is
        // rewritten together with values before it, from 16 fresh draws.
        FillUniform(destination);
        int whole = destination.Length - (destination.Length % Group);
        for (int i = 0; i < whole; i += Group) ToNormal(destination.Slice(i, Group));
        if (whole < destination.Length)
        {
            Span<float> last = destination[^Group..];
            FillUniform(last);
            ToNormal(last);
        }
    }

    /// <summary>Fills with values from 0 (included) to 1 (excluded), 24 bits each, as <c>torch.rand(n, dtype=torch.float32)</c> does.</summary>
    public void FillUniform(Span<float> destination)
    {
        for (int i = 0; i < destination.Length; i++)
            destination[i] = (_twister.NextUInt32() & 0xffffff) * (1f / 0x1000000);
    }

    /// <summary>Fills with standard normal values as <c>torch.randn(n, dtype=torch.float16)</c> does: the single-precision draws, rounded.</summary>
    public void FillNormal(Span<Half> destination)
    {
        float[] singles = ArrayPool<float>.Shared.Rent(destination.Length);
        FillNormal(singles.AsSpan(0, destination.Length));
        Round(singles, destination);
        ArrayPool<float>.Shared.Return(singles);
    }

    /// <summary>Fills with values from 0 to 1 as <c>torch.rand(n, dtype=torch.float16)</c> does: the single-precision draws, rounded, so that 1 itself can occur.</summary>
    public void FillUniform(Span<Half> destination)
    {
        float[] singles = ArrayPool<float>.Shared.Rent(destination.Length);
        FillUniform(singles.AsSpan(0, destination.Length));
        Round(singles, destination);
        ArrayPool<float>.Shared.Return(singles);
    }

    private static void Round(ReadOnlySpan<float> source, Span<Half> destination)
    {
        for (int i = 0; i < destination.Length; i++) destination[i] = (Half)source[i];
    }

    // Box and Muller: eight radii from the first half of a group, eight angles from the second.
    private static void ToNormal(Span<float> group)
    {
        for (int i = 0; i < Group / 2; i++)
        {
            float radius = MathF.Sqrt(-2 * CephesMath.Log(1 - group[i]));
            (float sin, float cos) = CephesMath.SinCos(MathF.Tau * group[i + (Group / 2)]);
            group[i] = radius * cos;
            group[i + (Group / 2)] = radius * sin;
        }
    }

    private double NextNormal()
    {
        if (_spare is double spare)
        {
            _spare = null;
            return spare;
        }
        double angle = Math.Tau * NextDouble();
        // 1 - u is exact for a u of 53 bits, so that its logarithm is log1p(-u).
        double radius = Math.Sqrt(-2 * Math.Log(1 - NextDouble()));
        (double sin, double cos) = Math.SinCos(angle);
        _spare = radius * sin;
        return radius * cos;
    }

    private double NextDouble() => (_twister.NextUInt64() & ((1UL << 53) - 1)) * (1.0 / (1UL << 53));
}
