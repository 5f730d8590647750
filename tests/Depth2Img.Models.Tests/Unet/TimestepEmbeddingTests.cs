using Depth2Img.Models.Unet;

namespace Depth2Img.Models.Tests.Unet;

public class TimestepEmbeddingTests
{
    [Fact]
    public void Cosines_come_first_when_flipped()
    {
        float[] flipped = Sinusoids(981, 320, flipSinToCos: true, freqShift: 0);
        float[] plain = Sinusoids(981, 320, flipSinToCos: false, freqShift: 0);

        Assert.Equal(flipped[..160], plain[160..]);
        Assert.Equal(flipped[160..], plain[..160]);
        Assert.Equal(Math.Cos(981), flipped[0], 1e-6);
        Assert.Equal(Math.Sin(981), flipped[160], 1e-6);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    public void Frequencies_fall_from_one_by_powers_of_ten_thousand(double freqShift)
    {
        const double Timestep = 999;
        float[] values = Sinusoids(Timestep, 320, flipSinToCos: true, freqShift);

        for (int i = 0; i < 160; i++)
        {
            double phase = Timestep * Math.Pow(10000, -i / (160 - freqShift));
            // The phase is a single: at 999 its rounding alone is 3e-5, and the frequency's rounding moves it as much.
            Assert.Equal(Math.Cos(phase), values[i], 2e-4);
            Assert.Equal(Math.Sin(phase), values[160 + i], 2e-4);
        }
    }

    [Fact]
    public void Timestep_zero_is_all_ones_and_zeros() =>
        Assert.Equal([1, 1, 1, 0, 0, 0], Sinusoids(0, 6, flipSinToCos: true, freqShift: 0));

    [Fact]
    public void An_odd_width_ends_in_a_zero() => Assert.Equal(0, Sinusoids(5, 7, flipSinToCos: true, freqShift: 0)[^1]);

    [Fact]
    public void Fractional_timesteps_differ_from_whole_ones() =>
        Assert.NotEqual(Sinusoids(10, 8, true, 0), Sinusoids(10.5, 8, true, 0));

    private static float[] Sinusoids(double timestep, int channels, bool flipSinToCos, double freqShift)
    {
        float[] waves = new float[channels];
        Array.Fill(waves, float.NaN);
        TimestepEmbedding.Sinusoids(timestep, flipSinToCos, freqShift, waves);
        return waves;
    }
}
