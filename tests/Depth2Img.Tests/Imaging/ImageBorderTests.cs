using Depth2Img.Imaging;
using FsCheck.Xunit;

namespace Depth2Img.Tests.Imaging;

/// <summary>Pictures from and to bytes, streams and other libraries' memory.</summary>
public class ImageBorderTests
{
    public static TheoryData<PixelFormat> Formats => [.. Enum.GetValues<PixelFormat>()];

    [Theory]
    [InlineData(PixelFormat.Rgb24, new byte[] { 1, 2, 3 }, 1, 2, 3, null)]
    [InlineData(PixelFormat.Bgr24, new byte[] { 1, 2, 3 }, 3, 2, 1, null)]
    [InlineData(PixelFormat.Rgba32, new byte[] { 1, 2, 3, 4 }, 1, 2, 3, 4)]
    [InlineData(PixelFormat.Bgra32, new byte[] { 1, 2, 3, 255 }, 3, 2, 1, null)]
    [InlineData(PixelFormat.Rgba32Premultiplied, new byte[] { 100, 50, 0, 200 }, 128, 64, 0, 200)]
    [InlineData(PixelFormat.Bgra32Premultiplied, new byte[] { 9, 9, 9, 0 }, 0, 0, 0, 0)]
    [InlineData(PixelFormat.Gray8, new byte[] { 7 }, 7, 7, 7, null)]
    public void A_pixel_of_every_format_is_read(PixelFormat format, byte[] pixel, int red, int green, int blue, int? alpha)
    {
        Image image = Image.FromPixels(pixel, 1, 1, pixel.Length, format);
        Assert.Equal([(byte)red, (byte)green, (byte)blue], image.Pixels);
        Assert.Equal(alpha, image.Alpha?[0]);
    }

    [Theory]
    [MemberData(nameof(Formats))]
    public void Rows_may_have_gaps_which_are_not_touched(PixelFormat format)
    {
        const int Width = 3, Height = 4, Stride = 17, Mark = 0xA5;
        byte[] gray = [.. Enumerable.Range(0, Width * Height).SelectMany(i => Enumerable.Repeat((byte)(20 * i), 3))];
        Image image = new(Width, Height, gray);
        byte[] memory = new byte[Stride * Height];
        memory.AsSpan().Fill(Mark);
        image.CopyPixelsTo(memory, Stride, format);
        Assert.Equal(gray, Image.FromPixels(memory, Width, Height, Stride, format).Pixels);
        int row = Width * (format is PixelFormat.Gray8 ? 1 : format is PixelFormat.Rgb24 or PixelFormat.Bgr24 ? 3 : 4);
        for (int y = 0; y < Height; y++) Assert.All(memory[(y * Stride + row)..((y + 1) * Stride)], b => Assert.Equal(Mark, b));
    }

    [Property]
    public void Colours_with_opacity_survive_any_format_that_has_it(byte red, byte green, byte blue, byte opacity)
    {
        Image image = new(1, 1, [red, green, blue], [opacity]);
        byte[] memory = new byte[4];
        foreach (PixelFormat format in new[] { PixelFormat.Rgba32, PixelFormat.Bgra32 })
        {
            image.CopyPixelsTo(memory, 4, format);
            Image back = Image.FromPixels(memory, 1, 1, 4, format);
            Assert.Equal(image.Pixels, back.Pixels);
            Assert.Equal(opacity, back.Alpha?[0] ?? 255);
        }
        // What premultiplied memory holds is the same after another round.
        image.CopyPixelsTo(memory, 4, PixelFormat.Rgba32Premultiplied);
        byte[] again = new byte[4];
        Image.FromPixels(memory, 1, 1, 4, PixelFormat.Rgba32Premultiplied).CopyPixelsTo(again, 4, PixelFormat.Rgba32Premultiplied);
        Assert.Equal(memory, again);
    }

    [Fact]
    public void Memory_that_cannot_hold_the_picture_is_refused()
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => Image.FromPixels(new byte[12], 2, 2, 5, PixelFormat.Rgb24));
        Assert.Throws<ArgumentException>(() => Image.FromPixels(new byte[13], 2, 2, 8, PixelFormat.Rgb24));
        Assert.Equal(2, Image.FromPixels(new byte[14], 2, 2, 8, PixelFormat.Rgb24).Height);
        Assert.Throws<ArgumentOutOfRangeException>(() => Image.FromPixels([], 0, 1, 8, PixelFormat.Rgb24));
        Assert.Throws<ArgumentOutOfRangeException>(() => Image.FromPixels(new byte[64], 1, 1, 8, (PixelFormat)99));
        Assert.Throws<ArgumentException>(() => Image.FromPixels(new byte[64], int.MaxValue, 2, int.MaxValue, PixelFormat.Gray8));
        Assert.Throws<ArgumentException>(() => new Image(2, 2, new byte[12]).CopyPixelsTo(new byte[11], 6, PixelFormat.Rgb24));
    }

    [Fact]
    public async Task Streams_bytes_and_files_give_the_same_picture()
    {
        Image image = new(2, 1, [1, 2, 3, 4, 5, 6], [7, 255]);
        byte[] file = image.ToBytes(ImageFormat.Png);
        using MemoryStream stream = new();
        image.Save(stream, ImageFormat.Png);
        Assert.Equal(file, stream.ToArray());
        foreach (Image loaded in new[] { Image.Load(file), Image.Load(new OneByteAtATime(file)), await Image.LoadAsync(new OneByteAtATime(file)) })
        {
            Assert.Equal(image.Pixels, loaded.Pixels);
            Assert.Equal(image.Alpha, loaded.Alpha);
        }
    }

    [Fact]
    public async Task No_more_of_a_stream_is_read_than_a_picture_may_have()
    {
        ImageLimits limits = new() { MaxFileBytes = 1000 };
        OneByteAtATime stream = new(new byte[5000]);
        Assert.Contains("1000 bytes", Assert.Throws<Depth2ImgException>(() => Image.Load(stream, limits)).Message, StringComparison.Ordinal);
        Assert.Equal(1001, stream.Position);
        await Assert.ThrowsAsync<Depth2ImgException>(() => Image.LoadAsync(new OneByteAtATime([]), limits));
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => Image.LoadAsync(new MemoryStream(new byte[10]), limits, new CancellationToken(canceled: true)));
    }

    /// <summary>A stream as networks give it: short reads, no length.</summary>
    private sealed class OneByteAtATime(byte[] data) : MemoryStream(data)
    {
        public override bool CanSeek => false;

        public override long Length => throw new NotSupportedException();

        public override int Read(Span<byte> buffer) => base.Read(buffer[..1]);

        public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) => base.ReadAsync(buffer[..1], cancellationToken);
    }
}
