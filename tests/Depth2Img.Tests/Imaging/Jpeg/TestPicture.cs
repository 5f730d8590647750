using Depth2Img.Imaging;

namespace Depth2Img.Tests.Imaging.Jpeg;

/// <summary>Pictures made by formula, in whole numbers so that they are the same everywhere, with what is hard on a codec: slopes, sharp edges, saturated colours, noise.</summary>
internal static class TestPicture
{
    public static Image Make(int width, int height) => new(width, height, Samples(width, height, 3));

    /// <summary>Interleaved samples of any number of channels.</summary>
    public static byte[] Samples(int width, int height, int channels)
    {
        System.Random random = new(width * 7919 + height);
        byte[] samples = new byte[width * height * channels];
        for (int y = 0; y < height; y++)
        {
            for (int x = 0; x < width; x++)
            {
                for (int c = 0; c < channels; c++)
                {
                    int slope = 15 + Math.Abs((x * (5 - c) + y * (3 + c) + 90 * c) % 450 - 225);
                    bool inBox = x % 37 < 12 && y % 29 < 9;
                    int value = inBox ? (c == x / 37 % 3 ? 255 : 10) : slope + random.Next(-12, 13);
                    samples[(y * width + x) * channels + c] = (byte)Math.Clamp(value, 0, 255);
                }
            }
        }
        return samples;
    }

    /// <summary>Smooth pictures, which subsampling hardly harms.</summary>
    public static Image Smooth(int width, int height)
    {
        byte[] pixels = new byte[width * height * 3];
        for (int i = 0; i < pixels.Length; i++)
        {
            int x = i / 3 % width, y = i / 3 / width;
            pixels[i] = (byte)(128 + 100 * Math.Sin(x / 40.0 + i % 3) * Math.Cos(y / 50.0 - i % 3));
        }
        return new Image(width, height, pixels);
    }

    public static double Psnr(byte[] a, byte[] b)
    {
        Assert.Equal(a.Length, b.Length);
        double squares = 0;
        for (int i = 0; i < a.Length; i++) squares += (a[i] - b[i]) * (a[i] - b[i]);
        return squares == 0 ? double.PositiveInfinity : 10 * Math.Log10(255.0 * 255.0 * a.Length / squares);
    }

    /// <summary>The mean and the largest difference of two pictures.</summary>
    public static (double Mean, int Largest) Difference(byte[] a, byte[] b)
    {
        Assert.Equal(a.Length, b.Length);
        long sum = 0;
        int largest = 0;
        for (int i = 0; i < a.Length; i++)
        {
            int difference = Math.Abs(a[i] - b[i]);
            sum += difference;
            largest = Math.Max(largest, difference);
        }
        return ((double)sum / a.Length, largest);
    }
}
