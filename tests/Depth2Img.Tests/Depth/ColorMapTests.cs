using Depth2Img.Depth;
using Depth2Img.Imaging;

namespace Depth2Img.Tests.Depth;

public class ColorMapTests
{
    [Theory]
    [InlineData(ColorMap.Gray, "000000", "ffffff")]
    [InlineData(ColorMap.Turbo, "30123b", "7a0403")]
    [InlineData(ColorMap.Viridis, "440154", "fde725")]
    [InlineData(ColorMap.Magma, "000004", "fcfdbf")]
    [InlineData(ColorMap.Inferno, "000004", "fcffa4")]
    [InlineData(ColorMap.Plasma, "0d0887", "f0f921")]
    public void Both_ends_are_the_published_colours(ColorMap colors, string far, string near)
    {
        Image image = new DepthMap(2, 1, [3, 8]).ToImage(colors);
        Assert.Equal(far + near, Convert.ToHexStringLower(image.Pixels));
    }

    /// <summary>Published polynomial fits (M. Zucker), which know nothing of the tables: lowest power first, R, G, B.</summary>
    public static TheoryData<ColorMap, double[][]> Polynomials => new()
    {
        {
            ColorMap.Viridis,
            [
                [0.2777273, 0.1050930, -0.3308618, -4.6342305, 6.2282699, 4.7763850, -5.4354559],
                [0.0054073, 1.4046135, 0.2148476, -5.7991010, 14.1799334, -13.7451454, 4.6458526],
                [0.3340998, 1.3845902, 0.0950952, -19.3324410, 56.6905526, -65.3530326, 26.3124352],
            ]
        },
        {
            ColorMap.Magma,
            [
                [-0.0021365, 0.2516605, 8.3537173, -27.6687331, 52.1761398, -50.7685254, 18.6557051],
                [-0.0007497, 0.6775232, -3.5777195, 14.2647308, -27.9436061, 29.0465828, -11.4897735],
                [-0.0053861, 2.4940266, 0.3144679, -13.6492132, 12.9441694, 4.2341530, -5.6019615],
            ]
        },
        {
            ColorMap.Inferno,
            [
                [0.0002189, 0.1065134, 11.6024931, -41.7039961, 77.1629357, -71.3194282, 25.1311262],
                [0.0016510, 0.5639564, -3.9728540, 17.4363989, -33.4023589, 32.6260643, -12.2426690],
                [-0.0194809, 3.9327124, -15.9423941, 44.3541452, -81.8073093, 73.2095199, -23.0703250],
            ]
        },
        {
            ColorMap.Plasma,
            [
                [0.0587323, 2.1765146, -2.6894605, 6.1303483, -11.1074362, 10.0230656, -3.6587138],
                [0.0233367, 0.2383834, -7.4558511, 42.3461882, -82.6663111, 71.4136177, -22.9315347],
                [0.5433402, 0.7539605, 3.1107999, -28.5188547, 60.1398477, -54.0721866, 18.1919078],
            ]
        },
        {
            ColorMap.Turbo,
            [
                [0.13572138, 4.61539260, -42.66032258, 132.13108234, -152.94239396, 59.28637943],
                [0.09140261, 2.19418839, 4.84296658, -14.18503333, 4.27729857, 2.82956604],
                [0.10667330, 12.64194608, -60.58204836, 110.36276771, -89.90310912, 27.34824973],
            ]
        },
    };

    [Theory]
    [MemberData(nameof(Polynomials))]
    public void Colours_follow_published_fits(ColorMap colors, double[][] channels)
    {
        byte[] pixels = Ramp().ToImage(colors).Pixels;
        double sum = 0;
        for (int i = 0; i < 256; i++)
        {
            double t = i / 255.0;
            for (int c = 0; c < 3; c++)
            {
                double fit = 0;
                for (int power = channels[c].Length - 1; power >= 0; power--) fit = fit * t + channels[c][power];
                double difference = Math.Abs(Math.Clamp(fit, 0, 1) * 255 - pixels[3 * i + c]);
                sum += difference;
                // The fit of turbo is a rough one, at its ends above all.
                Assert.InRange(difference, 0, colors == ColorMap.Turbo ? 34 : 12);
            }
        }
        Assert.InRange(sum / 768, 0, colors == ColorMap.Turbo ? 7 : 3);
    }

    [Theory]
    [InlineData(ColorMap.Gray)]
    [InlineData(ColorMap.Viridis)]
    [InlineData(ColorMap.Magma)]
    [InlineData(ColorMap.Inferno)]
    [InlineData(ColorMap.Plasma)]
    public void Nearer_is_never_darker(ColorMap colors)
    {
        byte[] pixels = Ramp().ToImage(colors).Pixels;
        for (int i = 1; i < 256; i++)
            Assert.True(Lightness(pixels.AsSpan(3 * i)) > Lightness(pixels.AsSpan(3 * i - 3)) - 0.05, $"step {i}");
    }

    [Fact]
    public void A_map_that_does_not_exist_is_refused() =>
        Assert.Throws<ArgumentOutOfRangeException>(() => Ramp().ToImage((ColorMap)99));

    private static DepthMap Ramp() => new(256, 1, [.. Enumerable.Range(0, 256).Select(i => (float)i)]);

    /// <summary>CIE L*.</summary>
    private static double Lightness(ReadOnlySpan<byte> rgb)
    {
        double luminance = 0.2126 * Linear(rgb[0]) + 0.7152 * Linear(rgb[1]) + 0.0722 * Linear(rgb[2]);
        return luminance > 0.008856 ? 116 * Math.Cbrt(luminance) - 16 : 903.3 * luminance;

        static double Linear(byte v) => v / 255.0 is > 0.04045 and double x ? Math.Pow((x + 0.055) / 1.055, 2.4) : v / 255.0 / 12.92;
    }
}
