using System.Buffers.Binary;
using Depth2Img.Imaging;
using Depth2Img.Imaging.Jpeg;
using Depth2Img.Tests.Imaging.Jpeg;
using Depth2Img.Tests.Imaging.Png;
using FsCheck.Xunit;

namespace Depth2Img.Tests.Imaging;

public sealed class IccProfileTests
{
    private static readonly Image Picture = new(3, 2, [.. Enumerable.Range(0, 18).Select(i => (byte)(i * 13))]);

    [Theory]
    [InlineData(ImageFormat.Png, 140)]
    [InlineData(ImageFormat.Png, 200_000)]
    [InlineData(ImageFormat.Jpeg, 140)]
    [InlineData(ImageFormat.Jpeg, 65519)]
    [InlineData(ImageFormat.Jpeg, 65520)]
    [InlineData(ImageFormat.Jpeg, 200_000)]
    public void A_profile_of_any_length_is_read_back_byte_for_byte(ImageFormat format, int length)
    {
        byte[] bytes = Profile(length);
        byte[] file = Encode(format, IccProfile.TryRead(bytes));
        Assert.Equal(bytes, ImageFile.Decode(file, "a").Profile!.Data.ToArray());
    }

    [Theory]
    [InlineData(ImageFormat.Png)]
    [InlineData(ImageFormat.Jpeg)]
    public void Without_a_profile_there_is_none(ImageFormat format) =>
        Assert.Null(ImageFile.Decode(Encode(format, null), "a").Profile);

    [Theory]
    [InlineData("GRAY")]
    [InlineData("CMYK")]
    public void A_profile_of_other_values_than_RGB_is_none(string space)
    {
        byte[] bytes = Profile(200);
        System.Text.Encoding.ASCII.GetBytes(space).CopyTo(bytes, 16);
        Assert.Null(IccProfile.TryRead(bytes));
    }

    [Fact]
    public void A_profile_that_is_cut_short_or_no_profile_is_none()
    {
        byte[] bytes = Profile(200);
        Assert.Null(IccProfile.TryRead(bytes.AsSpan(0, 199)));
        Assert.Null(IccProfile.TryRead([]));
        Assert.Null(IccProfile.TryRead(new byte[200]));
    }

    [Fact]
    public void A_JPEG_that_lacks_a_part_of_its_profile_is_read_without_it()
    {
        byte[] file = Encode(ImageFormat.Jpeg, IccProfile.TryRead(Profile(200_000)));
        byte[] lacking = JpegSurgery.Remove(file, JpegMarker.App2);
        DecodedImage decoded = ImageFile.Decode(lacking, "a");
        Assert.Null(decoded.Profile);
        Assert.Equal(3, decoded.Width);
    }

    [Fact]
    public void Parts_in_another_order_are_put_in_theirs()
    {
        byte[] bytes = Profile(100_000);
        byte[] first = [.. "ICC_PROFILE\0"u8, 1, 2, .. bytes.AsSpan(0, 50_000)], second = [.. "ICC_PROFILE\0"u8, 2, 2, .. bytes.AsSpan(50_000)];
        byte[] file = Encode(ImageFormat.Jpeg, null);
        file = JpegSurgery.InsertSegment(JpegSurgery.InsertSegment(file, JpegMarker.App2, first), JpegMarker.App2, second);
        Assert.Equal(bytes, ImageFile.Decode(file, "a").Profile!.Data.ToArray());
    }

    [Fact]
    public void A_PNG_whose_profile_is_damaged_or_without_end_is_read_without_it()
    {
        byte[][] chunks = [[], "name"u8.ToArray(), [.. "name\0"u8, 0], [.. "name\0"u8, 0, 1, 2, 3], [.. "name\0"u8, 1, 120, 156]];
        foreach (byte[] chunk in chunks)
        {
            byte[] file = new PngBuilder(2, 1, 0, 8, [1, 2]) { Extra = [("iCCP", chunk)] }.Build();
            Assert.Null(ImageFile.Decode(file, "a").Profile);
        }
    }

    [Property(MaxTest = 200)]
    public void No_segment_makes_the_reading_fail(byte[][] segments)
    {
        JpegProfile profile = new();
        foreach (byte[] segment in segments) profile.Read([.. "ICC_PROFILE\0"u8, .. segment ?? []]);
        Assert.Null(profile.Assemble());
    }

    /// <summary>Bytes with a profile's header and no sense in the rest, which nothing here looks at.</summary>
    private static byte[] Profile(int length)
    {
        byte[] bytes = new byte[length];
        new System.Random(length).NextBytes(bytes);
        BinaryPrimitives.WriteInt32BigEndian(bytes, length);
        "RGB "u8.CopyTo(bytes.AsSpan(16));
        "acsp"u8.CopyTo(bytes.AsSpan(36));
        return bytes;
    }

    private static byte[] Encode(ImageFormat format, IccProfile? profile)
    {
        using MemoryStream stream = new();
        ImageFile.Encode(stream, Picture, format, new ImageSaveOptions { Profile = profile });
        return stream.ToArray();
    }
}
