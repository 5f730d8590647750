using Depth2Img.Imaging;
using Depth2Img.Pipelines;
using FsCheck.Xunit;

namespace Depth2Img.Tests.Pipelines;

public sealed class WorkingSizeTests
{
    [Theory]
    [InlineData(640, 480, 256, 256, 192)]
    [InlineData(100, 50, 256, 256, 128)]
    [InlineData(3, 5, 256, 154, 256)]
    [InlineData(4000, 20, 256, 256, 1)]
    public void The_longer_side_is_as_asked_and_the_aspect_is_kept(int width, int height, int longer, int expectedWidth, int expectedHeight) =>
        Assert.Equal(new WorkingSize(expectedWidth, expectedHeight), WorkingSize.WithLongerSide(width, height, longer));

    [Theory]
    [InlineData(640, 480, 768, 640, 480)]
    [InlineData(1536, 768, 768, 768, 384)]
    public void A_picture_that_fits_keeps_its_size(int width, int height, int longest, int expectedWidth, int expectedHeight) =>
        Assert.Equal(new WorkingSize(expectedWidth, expectedHeight), WorkingSize.AtMost(width, height, longest));

    [Property]
    public bool Padding_is_less_than_8_and_makes_multiples_of_8(FsCheck.PositiveInt width, FsCheck.PositiveInt height)
    {
        WorkingSize size = new(width.Get, height.Get);
        return size.PaddedWidth % 8 == 0 && size.PaddedHeight % 8 == 0
            && size.PaddedWidth - size.Width is >= 0 and < 8 && size.PaddedHeight - size.Height is >= 0 and < 8
            && size.LatentWidth * 8 == size.PaddedWidth;
    }

    [Fact]
    public void Applied_and_undone_at_its_own_size_a_picture_is_unchanged()
    {
        byte[] pixels = [.. Enumerable.Range(0, 3 * 13 * 21).Select(i => (byte)(i * 7))];
        Image image = new(13, 21, pixels);
        WorkingSize size = new(13, 21);
        Image worked = size.Apply(image);
        Assert.Equal((16, 24), (worked.Width, worked.Height));
        Assert.Equal(pixels, size.Undo(worked, 13, 21).Pixels);
    }
}
