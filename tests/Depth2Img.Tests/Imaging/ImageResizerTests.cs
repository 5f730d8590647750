using Depth2Img.Imaging;
using Depth2Img.Imaging.Resize;

namespace Depth2Img.Tests.Imaging;

public class ImageResizerTests
{
    [Theory]
    [InlineData("nearest", ResizeFilter.Nearest)]
    [InlineData("bilinear", ResizeFilter.Bilinear)]
    [InlineData("bicubic", ResizeFilter.Bicubic)]
    [InlineData("lanczos", ResizeFilter.Lanczos)]
    public void Resize_gives_the_references_bytes(string name, ResizeFilter filter)
    {
        foreach ((int width, int height) in new[] { (64, 48), (96, 96), (301, 200) })
        {
            Image resized = ImageResizer.Resize(ImagesGolden.Input(), width, height, filter);
            Assert.Equal(ImagesGolden.Bytes($"pil.{name}.{width}x{height}"), resized.Pixels);
        }
    }

    [Theory]
    [InlineData(ResizeFilter.Nearest)]
    [InlineData(ResizeFilter.Bilinear)]
    [InlineData(ResizeFilter.Bicubic)]
    [InlineData(ResizeFilter.Lanczos)]
    [InlineData(ResizeFilter.Area)]
    public void One_colour_stays_one_colour_at_any_size(ResizeFilter filter)
    {
        foreach ((int width, int height) in new[] { (1, 1), (3, 5), (400, 2), (17, 130), (5, 7) })
        {
            byte[] pixels = new byte[3 * 5 * 7];
            for (int i = 0; i < pixels.Length; i += 3) (pixels[i], pixels[i + 1], pixels[i + 2]) = (0, 255, 119);
            Image resized = ImageResizer.Resize(new Image(5, 7, pixels), width, height, filter);
            Assert.Equal((width, height), (resized.Width, resized.Height));
            for (int i = 0; i < resized.Pixels.Length; i += 3)
                Assert.Equal((0, 255, 119), (resized.Pixels[i], resized.Pixels[i + 1], resized.Pixels[i + 2]));
        }
    }

    [Fact]
    public void An_axis_that_keeps_its_length_is_left_alone()
    {
        Image input = ImagesGolden.Input();
        Image narrow = ImageResizer.Resize(input, 1, input.Height, ResizeFilter.Lanczos);
        // Shuffling rows and resizing columns commute only if rows do not mix.
        Image flipped = ImageResizer.Resize(input.ApplyOrientation(4), 1, input.Height, ResizeFilter.Lanczos);
        Assert.Equal(narrow.ApplyOrientation(4).Pixels, flipped.Pixels);
    }

    [Fact]
    public void A_resize_to_its_own_size_gives_the_picture_itself()
    {
        Image input = ImagesGolden.Input();
        Assert.Same(input, ImageResizer.Resize(input, input.Width, input.Height, ResizeFilter.Bicubic));
    }

    [Fact]
    public void Area_gives_the_mean_of_what_a_pixel_covers()
    {
        // 3 columns to 2: the middle one counts half on each side. 4 rows to 1: their mean.
        byte[] columns = [10, 10, 10, 40, 40, 40, 100, 100, 100];
        Assert.Equal([20, 20, 20, 80, 80, 80], ImageResizer.Resize(new Image(3, 1, columns), 2, 1, ResizeFilter.Area).Pixels);
        byte[] rows = [1, 2, 3, 5, 6, 7, 9, 10, 11, 13, 14, 15];
        Assert.Equal([7, 8, 9], ImageResizer.Resize(new Image(1, 4, rows), 1, 1, ResizeFilter.Area).Pixels);
    }

    [Fact]
    public void Area_agrees_with_a_plain_mean_of_areas_within_the_rounding_of_two_passes()
    {
        Image input = ImagesGolden.Input();
        foreach ((int width, int height) in new[] { (64, 48), (7, 101), (149, 100), (1, 1) })
        {
            Image resized = ImageResizer.Resize(input, width, height, ResizeFilter.Area);
            for (int c = 0; c < 3; c++)
            {
                for (int y = 0; y < height; y++)
                {
                    for (int x = 0; x < width; x++)
                        Assert.InRange(resized.Pixels[3 * (y * width + x) + c] - MeanOfArea(input, c, x, y, width, height), -1.001, 1.001);
                }
            }
        }
    }

    [Fact]
    public void Transparent_pixels_do_not_bleed_into_opaque_ones()
    {
        // Green that cannot be seen beside red that can.
        byte[] pixels = new byte[3 * 8 * 8], alpha = new byte[8 * 8];
        for (int i = 0; i < 64; i++)
        {
            bool left = i % 8 < 4;
            pixels[3 * i + (left ? 0 : 1)] = 255;
            alpha[i] = (byte)(left ? 255 : 0);
        }
        foreach (ResizeFilter filter in new[] { ResizeFilter.Bilinear, ResizeFilter.Lanczos, ResizeFilter.Area })
        {
            Image resized = ImageResizer.Resize(new Image(8, 8, pixels, alpha), 5, 5, filter);
            Assert.NotNull(resized.Alpha);
            Assert.Contains(resized.Alpha, a => a is > 0 and < 255);
            for (int i = 0; i < 25; i++)
            {
                if (resized.Alpha[i] > 0) Assert.Equal(0, resized.Pixels[3 * i + 1]);
                if (resized.Alpha[i] > 32) Assert.InRange(resized.Pixels[3 * i], 240, 255);
            }
        }
    }

    [Fact]
    public void Opaque_alpha_changes_no_colour()
    {
        Image input = ImagesGolden.Input();
        byte[] opaque = new byte[input.Width * input.Height];
        Array.Fill(opaque, (byte)255);
        Image resized = ImageResizer.Resize(new Image(input.Width, input.Height, input.Pixels, opaque), 64, 48, ResizeFilter.Lanczos);
        Assert.Equal(ImagesGolden.Bytes("pil.lanczos.64x48"), resized.Pixels);
        Assert.All(resized.Alpha!, a => Assert.Equal(255, a));
    }

    [Fact]
    public void Sizes_that_cannot_be_are_refused()
    {
        Image input = ImagesGolden.Input();
        Assert.Throws<ArgumentOutOfRangeException>(() => ImageResizer.Resize(input, 0, 5, ResizeFilter.Lanczos));
        Assert.Throws<ArgumentOutOfRangeException>(() => ImageResizer.Resize(input, 5, -1, ResizeFilter.Lanczos));
        Assert.Throws<ArgumentOutOfRangeException>(() => ImageResizer.Resize(input, 60_000, 60_000, ResizeFilter.Lanczos));
    }

    private static double MeanOfArea(Image image, int channel, int x, int y, int width, int height)
    {
        double left = x * (double)image.Width / width, right = (x + 1) * (double)image.Width / width;
        double top = y * (double)image.Height / height, bottom = (y + 1) * (double)image.Height / height;
        double sum = 0;
        for (int row = (int)top; row < Math.Min(image.Height, bottom); row++)
        {
            for (int column = (int)left; column < Math.Min(image.Width, right); column++)
            {
                double covered = Math.Max(0, Math.Min(column + 1, right) - Math.Max(column, left)) * Math.Max(0, Math.Min(row + 1, bottom) - Math.Max(row, top));
                sum += covered * image.Pixels[3 * (row * image.Width + column) + channel];
            }
        }
        return sum / ((right - left) * (bottom - top));
    }
}
