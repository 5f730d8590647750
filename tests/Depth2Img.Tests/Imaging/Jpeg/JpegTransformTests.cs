using Depth2Img.Imaging.Jpeg;

namespace Depth2Img.Tests.Imaging.Jpeg;

/// <summary>The transforms against their definition in double precision.</summary>
public class JpegTransformTests
{
    [Theory]
    [InlineData(5)]
    [InlineData(300)]
    [InlineData(1023)]
    public void Inverse_transform_is_at_most_one_off(int magnitude)
    {
        System.Random random = new(magnitude);
        int[] steps = [.. Enumerable.Repeat(1, 64)];
        byte[] samples = new byte[64];
        for (int trial = 0; trial < 300; trial++)
        {
            short[] coefficients = new short[64];
            int count = random.Next(1, 65);
            for (int i = 0; i < count; i++) coefficients[random.Next(64)] = (short)random.Next(-magnitude, magnitude + 1);
            InverseDct.Transform(coefficients, steps, samples, 8);
            for (int i = 0; i < 64; i++)
                Assert.InRange(samples[i] - Math.Clamp(InverseByDefinition(coefficients, i % 8, i / 8) + 128, 0, 255), -1.0, 1.0);
        }
    }

    [Fact]
    public void Inverse_transform_multiplies_by_the_steps()
    {
        short[] coefficients = HandmadeJpeg.RandomBlock(1, 2, 3);
        int[] steps = [.. Enumerable.Range(1, 64)];
        byte[] expected = new byte[64], actual = new byte[8 * 20];
        InverseDct.Transform([.. coefficients.Select((c, i) => (short)(c * steps[i]))], [.. Enumerable.Repeat(1, 64)], expected, 8);
        InverseDct.Transform(coefficients, steps, actual, 20);
        for (int i = 0; i < 64; i++) Assert.Equal(expected[i], actual[i / 8 * 20 + i % 8]);
        Assert.All(Enumerable.Range(0, 7), y => Assert.All(actual[(y * 20 + 8)..(y * 20 + 20)], b => Assert.Equal(0, b)));
    }

    [Fact]
    public void Coefficients_beyond_all_bounds_give_samples_nonetheless()
    {
        byte[] samples = new byte[64];
        InverseDct.Transform([.. Enumerable.Repeat(short.MinValue, 64)], [.. Enumerable.Repeat(65535, 64)], samples, 8);
        InverseDct.Transform([8191, .. new short[63]], [.. Enumerable.Repeat(1, 64)], samples, 8);
        Assert.All(samples, sample => Assert.Equal(255, sample));
    }

    [Fact]
    public void Forward_transform_is_that_of_the_definition()
    {
        System.Random random = new(8);
        float[] samples = new float[64];
        for (int i = 0; i < 64; i++) samples[i] = random.Next(-128, 128);
        float[] coefficients = [.. samples];
        ForwardDct.Transform(coefficients);
        for (int i = 0; i < 64; i++) Assert.Equal(ForwardByDefinition(samples, i % 8, i / 8), coefficients[i], 1e-3);
    }

    private static double InverseByDefinition(short[] coefficients, int x, int y)
    {
        double sum = 0;
        for (int i = 0; i < 64; i++) sum += coefficients[i] * Wave(i % 8, x) * Wave(i / 8, y);
        return sum;
    }

    private static double ForwardByDefinition(float[] samples, int u, int v)
    {
        double sum = 0;
        for (int i = 0; i < 64; i++) sum += samples[i] * Wave(u, i % 8) * Wave(v, i / 8);
        return sum;
    }

    private static double Wave(int frequency, int position) =>
        0.5 * (frequency == 0 ? Math.Sqrt(0.5) : 1) * Math.Cos((2 * position + 1) * frequency * Math.PI / 16);
}
