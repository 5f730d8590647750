using System.Text;
using Depth2Img.Imaging;
using Depth2Img.Tests.Imaging.Png;
using Depth2Img.TestSupport;
using FsCheck;
using FsCheck.Xunit;

namespace Depth2Img.Tests.Imaging;

public sealed class ImageFileTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("rendered/room.png", ImageFormat.Png, 512, 512)]
    [InlineData("photos/pumpkin.jpg", ImageFormat.Jpeg, 0, 0)]
    public void Sample_pictures_are_read_and_identified_alike(string sample, ImageFormat format, int width, int height)
    {
        DecodedImage read = ImageFile.Load(Repository.Samples(sample));
        ImageInfo info = ImageFile.Identify(Repository.Samples(sample));
        Assert.Equal(new ImageInfo(format, read.Width, read.Height), info);
        Assert.Equal(format, read.Format);
        Assert.Null(read.Warning);
        if (width > 0) Assert.Equal((width, height), (read.Width, read.Height));
        Assert.Equal(read.Width * read.Height * 3, read.ToRgb().Pixels.Length);
    }

    [Fact]
    public void The_format_is_told_by_the_contents_and_not_by_the_name()
    {
        string path = _folder.Write("a.jpg", new PngBuilder(3, 5, 0, 8, PngBuilder.Samples(3, 5, 1, 8)).Build());
        Assert.Equal(ImageFormat.Png, ImageFile.Load(path).Format);
    }

    [Theory]
    [InlineData(0, 8)]
    [InlineData(0, 16)]
    [InlineData(4, 16)]
    [InlineData(6, 8)]
    [InlineData(2, 16)]
    public void Gray_deep_and_transparent_pictures_become_RGB(int colorType, int depth)
    {
        int channels = colorType switch { 2 => 3, 4 => 2, 6 => 4, _ => 1 };
        foreach ((int width, int height) in new[] { (3, 5), (4000, 20) })
        {
            ushort[] samples = PngBuilder.Samples(width, height, channels, depth);
            DecodedImage read = ImageFile.Load(_folder.Write("a.png", new PngBuilder(width, height, colorType, depth, samples).Build()));
            Image image = read.ToRgb();
            Assert.Equal((width, height, depth), (image.Width, image.Height, read.BitDepth));
            Assert.Equal(channels is 2 or 4, image.Alpha is not null);
            int most = (1 << depth) - 1;
            for (int i = 0; i < width * height; i++)
            {
                for (int c = 0; c < 3; c++)
                    Assert.Equal((byte)Math.Round(samples[i * channels + (channels > 2 ? c : 0)] * 255.0 / most), image.Pixels[3 * i + c]);
                if (image.Alpha is not null) Assert.Equal((byte)Math.Round(samples[i * channels + channels - 1] * 255.0 / most), image.Alpha[i]);
            }
        }
    }

    [Theory]
    [InlineData(1, 3, "012345")]
    [InlineData(3, 3, "543210")]
    [InlineData(6, 2, "304152")]
    [InlineData(8, 2, "251403")]
    public void EXIF_orientation_turns_picture_and_gray_alike(byte orientation, int width, string order)
    {
        byte[] exif = [.. "II*\0"u8, 8, 0, 0, 0, 1, 0, 0x12, 0x01, 3, 0, 1, 0, 0, 0, orientation, 0, 0, 0, 0, 0, 0, 0];
        byte[] file = new PngBuilder(3, 2, 0, 8, [0, 1, 2, 3, 4, 5]) { Extra = [("eXIf", exif)] }.Build();
        DecodedImage read = ImageFile.Decode(file, "a.png");
        Assert.Equal(width, read.Width);
        Assert.Equal(order, string.Concat(read.ToRgb().Pixels.Where((_, i) => i % 3 == 0)));
        Assert.Equal(order, string.Concat(read.ToGray().Select(v => Math.Round(v * 255))));
    }

    [Fact]
    public void A_saved_PNG_comes_back_exactly_with_its_texts()
    {
        Dictionary<string, string> text = new() { ["prompt"] = "a caf\u00E9 \u732B", ["seed"] = "42" };
        ImageFile.Save(_folder.File("a.png"), ImagesGolden.Input(), new ImageSaveOptions { Text = text });
        DecodedImage read = ImageFile.Load(_folder.File("a.png"));
        Assert.Equal(ImagesGolden.Input().Pixels, read.ToRgb().Pixels);
        Assert.Equal(text, read.Text);
    }

    [Fact]
    public void A_saved_JPEG_comes_back_closely_with_its_texts()
    {
        Dictionary<string, string> text = new() { ["prompt"] = "a caf\u00E9 \u732B", ["seed"] = "42" };
        ImageFile.Save(_folder.File("a.JPG"), ImagesGolden.Input(), new ImageSaveOptions { Text = text, JpegQuality = 95 });
        DecodedImage read = ImageFile.Load(_folder.File("a.JPG"));
        Assert.Equal(ImageFormat.Jpeg, read.Format);
        Assert.Equal(text, read.Text);
        byte[] expected = ImagesGolden.Input().Pixels, pixels = read.ToRgb().Pixels;
        double difference = expected.Zip(pixels, (a, b) => Math.Abs(a - b)).Average();
        Assert.InRange(difference, 0, 3);
    }

    [Fact]
    public void Transparency_becomes_white_in_a_JPEG()
    {
        byte[] alpha = new byte[64];
        ImageFile.Save(_folder.File("a.jpg"), new Image(8, 8, new byte[3 * 64], alpha));
        Assert.All(ImageFile.Load(_folder.File("a.jpg")).ToRgb().Pixels, v => Assert.InRange(v, 253, 255));
    }

    [Fact]
    public void A_foreign_comment_of_a_JPEG_is_kept_as_it_is()
    {
        foreach (string comment in new[] { "made by hand", "{broken", "{\"a\": 1}", "[1]" })
            Assert.Equal(comment, Depth2Img.Imaging.Jpeg.JpegText.FromComment(comment)["comment"]);
        Assert.Empty(Depth2Img.Imaging.Jpeg.JpegText.FromComment(null));
    }

    [Theory]
    [InlineData("a.webp", ".webp")]
    [InlineData("a", "no ending")]
    [InlineData("a.png.tiff", ".tiff")]
    public void A_name_of_another_format_is_refused_and_nothing_is_written(string name, string part)
    {
        AssertRefused(part, () => ImageFile.Save(_folder.File(name), ImagesGolden.Input()));
        Assert.Empty(_folder.Names);
    }

    [Fact]
    public void An_existing_file_is_kept_unless_it_may_be_overwritten()
    {
        string path = _folder.Write("a.png", [1]);
        AssertRefused("exists already", () => ImageFile.Save(path, ImagesGolden.Input()));
        Assert.Equal([1], File.ReadAllBytes(path));
        ImageFile.Save(path, ImagesGolden.Input(), new ImageSaveOptions { Overwrite = true });
        Assert.Equal(150, ImageFile.Load(path).Width);
    }

    [Fact]
    public void A_keyword_that_PNG_cannot_hold_leaves_nothing_behind()
    {
        ImageSaveOptions options = new() { Text = new Dictionary<string, string> { [""] = "x" } };
        Assert.Throws<ArgumentException>(() => ImageFile.Save(_folder.File("a.png"), ImagesGolden.Input(), options));
        Assert.Empty(_folder.Names);
    }

    [Fact]
    public void Files_that_are_no_pictures_are_refused_by_what_they_are()
    {
        AssertRefused("There is no file", () => ImageFile.Load(_folder.File("missing.png")));
        AssertRefused("is a folder; a picture was expected", () => ImageFile.Load(_folder.Path));
        AssertRefused("is empty (zero bytes)", () => ImageFile.Load(_folder.Write("zero.png", [])));
        AssertRefused("is empty (zero bytes)", () => ImageFile.Decode(default, "zero.png"));
        AssertRefused("'a.png' is a text file", () => Decode("hello\nworld"u8));
        AssertRefused("is a text file", () => Decode(Encoding.UTF8.GetBytes(new string('\u732B', 400))));
        AssertRefused("web page", () => Decode("\n<!DOCTYPE html><html>"u8));
        AssertRefused("SVG", () => Decode("<?xml version=\"1.0\"?><svg>"u8));
        AssertRefused("git lfs pull", () => Decode("version https://git-lfs.github.com/spec/v1"u8));
        AssertRefused("begins with the bytes 0001020304050607", () => Decode([0, 1, 2, 3, 4, 5, 6, 7, 8, 9]));
        AssertRefused("at most 4 are read", () => ImageFile.Load(_folder.Write("five.png", new byte[5]), new ImageLimits { MaxFileBytes = 4 }));
    }

    [Theory]
    [InlineData("52494646000000005745425056503820", "WebP")]
    [InlineData("000000206674797061766966", "AVIF")]
    [InlineData("000000186674797068656963", "HEIC")]
    [InlineData("00000018667479706d696631", "HEIC")]
    [InlineData("0000001866747970637278200", "raw")]
    [InlineData("0000001866747970697336d", "video")]
    [InlineData("49492a0008000000", "TIFF")]
    [InlineData("4d4d002a00000008", "TIFF")]
    [InlineData("ff0a0000", "JPEG XL")]
    [InlineData("0000000c4a584c200d0a870a", "JPEG XL")]
    [InlineData("0000000c6a5020200d0a870a", "JPEG 2000")]
    [InlineData("474946383961", "GIF")]
    [InlineData("424d3600", "cut short")]
    [InlineData("49492a00100000004352", "a camera's raw file")]
    [InlineData("49492a00080000000000", "TIFF picture or a camera's raw file")]
    [InlineData("464f5662", "raw")]
    [InlineData("67696d7020786366", "GIMP")]
    [InlineData("716f6966", "QOI")]
    [InlineData("1a45dfa3", "video")]
    [InlineData("25215053", "PostScript")]
    [InlineData("38425053", "Photoshop")]
    [InlineData("762f3101", "EXR")]
    [InlineData("00000100", "icon")]
    [InlineData("50360a3320320a", "netpbm")]
    [InlineData("934e554d50590100", "array of numbers")]
    [InlineData("255044462d312e", "PDF")]
    [InlineData("504b0304", "archive")]
    [InlineData("1f8b0800", "archive")]
    [InlineData("89504e470a1a0a000000", "damaged as if it were text")]
    [InlineData("89504e47", "cut short")]
    [InlineData("ffd8", "cut short")]
    public void Other_formats_are_named_with_a_way_out(string hex, string part)
    {
        byte[] data = Convert.FromHexString(hex.Length % 2 == 0 ? hex : hex + "0");
        var e = Assert.ThrowsAny<Depth2ImgException>(() => ImageFile.Decode(data, "a.png"));
        Assert.Contains("'a.png'", e.Message, StringComparison.Ordinal);
        Assert.Contains(part, e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Every_sample_cut_in_half_is_refused()
    {
        foreach (string sample in new[] { "rendered/room.png", "rendered/room-depth16.png", "sd2-depth2img/old_man.png" })
        {
            byte[] file = File.ReadAllBytes(Repository.Samples(sample));
            foreach (double part in new[] { 0.01, 0.3, 0.5, 0.9, 0.999 })
                AssertRefused("cut short", () => ImageFile.Decode(file.AsMemory(0, (int)(file.Length * part)), sample));
        }
    }

    [Property(MaxTest = 500)]
    public void Chance_bytes_are_refused_by_a_sentence(NonEmptyArray<byte> bytes, byte prefix)
    {
        byte[][] beginnings = [[], [0xFF, 0xD8, 0xFF], "RIFF"u8.ToArray(), [0, 0, 0, 12], "P6 "u8.ToArray(), "<"u8.ToArray()];
        byte[] file = [.. beginnings[prefix % beginnings.Length], .. bytes.Get];
        var e = Assert.ThrowsAny<Depth2ImgException>(() => ImageFile.Decode(file, "a.png"));
        Assert.Contains("'a.png'", e.Message, StringComparison.Ordinal);
    }

    private static DecodedImage Decode(ReadOnlySpan<byte> data) => ImageFile.Decode(data.ToArray(), "a.png");

    private static void AssertRefused(string part, Func<object> action) =>
        Assert.Contains(part, Assert.ThrowsAny<Depth2ImgException>(action).Message, StringComparison.Ordinal);

    private static void AssertRefused(string part, Action action) =>
        Assert.Contains(part, Assert.ThrowsAny<Depth2ImgException>(action).Message, StringComparison.Ordinal);
}
