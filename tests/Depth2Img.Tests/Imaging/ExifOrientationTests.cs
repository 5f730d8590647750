using Depth2Img.Imaging;
using FsCheck.Xunit;

namespace Depth2Img.Tests.Imaging;

public class ExifOrientationTests
{
    // One directory of two entries at byte 8: ImageWidth, then Orientation 3.
    private const string Little = "49492a00080000000200" + "000103000100000020000000" + "120103000100000003000000" + "00000000";
    private const string Big = "4d4d002a000000080002" + "010000030000000100200000" + "011200030000000100030000" + "00000000";

    [Theory]
    [InlineData(Little)]
    [InlineData(Big)]
    public void The_tag_is_found_in_either_byte_order(string hex) => Assert.Equal(3, ExifOrientation.Read(Convert.FromHexString(hex)));

    [Theory]
    [InlineData("")]
    [InlineData("49492a00")]
    [InlineData("00002a000800000000000000")]
    [InlineData("49492a00ffffffff0000")]
    [InlineData("49492a000800000005001201")]
    [InlineData("49492a00080000000100120103000100000009000000")] // 9 is no orientation
    [InlineData("49492a00080000000100120104000100000003000000")] // not a short
    public void Broken_or_silent_data_mean_upright(string hex) => Assert.Equal(1, ExifOrientation.Read(Convert.FromHexString(hex)));

    [Property(MaxTest = 500)]
    public void Any_bytes_give_an_orientation(byte[] bytes, byte at, byte value)
    {
        Assert.InRange(ExifOrientation.Read([.. "II*\0"u8, .. bytes]), 1, 8);
        byte[] damaged = Convert.FromHexString(Big);
        damaged[at % damaged.Length] = value;
        Assert.InRange(ExifOrientation.Read(damaged), 1, 8);
    }
}
