using Depth2Img.Depth;
using Depth2Img.Imaging;
using Depth2Img.Tests.Imaging;
using Depth2Img.Tests.Imaging.Png;
using Depth2Img.TestSupport;

namespace Depth2Img.Tests.Depth;

public sealed class DepthMapFileTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    private static DepthMap Golden() => new(24, 24, ImagesGolden.Floats("depth.in"));

    [Fact]
    public void Sixteen_bit_PNG_keeps_every_step()
    {
        ushort[] samples = [.. Enumerable.Range(0, 600).Select(i => (ushort)(20_000 + i))];
        DepthMap map = DepthMapFile.Load(_folder.Write("a.png", new PngBuilder(30, 20, 0, 16, samples).Build()));
        Assert.Equal(600, map.Values.Distinct().Count());
        Assert.Equal(samples, map.Values.Select(v => (ushort)Math.Round(v * 65535)));
    }

    [Theory]
    [InlineData("rendered/room-depth16.png")]
    [InlineData("rendered/houses-depth16.png")]
    [InlineData("sd2-depth2img/midas.jpeg")]
    public void Sample_maps_are_read_and_are_not_flat(string sample)
    {
        DepthMap map = DepthMapFile.Load(Repository.Samples(sample));
        Assert.False(map.IsFlat);
        Assert.InRange(map.Range.Far, 0, 0.5f);
        Assert.InRange(map.Range.Near, 0.5f, 1);
    }

    [Fact]
    public void White_is_near_in_gray_and_in_colour()
    {
        byte[] gray = new PngBuilder(3, 1, 0, 8, [0, 100, 255]).Build();
        byte[] color = new PngBuilder(3, 1, 2, 8, [0, 0, 0, 100, 100, 100, 255, 255, 255]).Build();
        float[] expected = [0, 100 / 255f, 1];
        Assert.Equal(expected, DepthMapFile.Decode(gray, "a.png").Values);
        Assert.Equal(expected, DepthMapFile.Decode(color, "a.png").Values);
    }

    [Theory]
    [InlineData("a.npy")]
    [InlineData("a.pfm")]
    public void Raw_formats_come_back_bit_for_bit(string name)
    {
        DepthMap map = new(3, 5, [.. Enumerable.Range(0, 15).Select(i => MathF.Exp(i) - 0.1f),]);
        DepthMapFile.Save(_folder.File(name), map);
        DepthMap read = DepthMapFile.Load(_folder.File(name));
        Assert.Equal((3, 5), (read.Width, read.Height));
        Assert.Equal(map.Values, read.Values);
    }

    [Theory]
    [InlineData(16, 65535)]
    [InlineData(8, 255)]
    public void PNG_has_the_normalised_map_with_white_near(int bits, int most)
    {
        DepthMapFile.Save(_folder.File("a.png"), Golden(), new DepthSaveOptions { Bits = bits, Text = new Dictionary<string, string> { ["depth"] = "x" } });
        DecodedImage image = ImageFile.Load(_folder.File("a.png"));
        Assert.Equal(bits, image.BitDepth);
        Assert.Equal("x", image.Text["depth"]);
        float[] expected = Golden().Normalise01().Values, read = image.ToGray();
        Assert.Equal((0, 1), (read.Min(), read.Max()));
        for (int i = 0; i < read.Length; i++) Assert.Equal(expected[i], read[i], 0.5 / most + 1e-6);
    }

    [Fact]
    public void A_flat_map_is_written_as_mid_gray()
    {
        DepthMap flat = new(2, 1, [7, 7]);
        Assert.Equal([128, 128], flat.ToGray8());
        Assert.Equal([32768, 32768], flat.ToGray16());
        DepthMapFile.Save(_folder.File("a.png"), flat);
        Assert.True(DepthMapFile.Load(_folder.File("a.png")).IsFlat);
    }

    [Fact]
    public void Colours_are_written_where_they_are_asked_for()
    {
        DepthMapFile.Save(_folder.File("a.png"), Golden(), new DepthSaveOptions { Colors = ColorMap.Turbo });
        Assert.Equal(Golden().ToImage(ColorMap.Turbo).Pixels, ImageFile.Load(_folder.File("a.png")).ToRgb().Pixels);
    }

    [Fact]
    public void Outputs_that_cannot_be_are_refused_and_nothing_is_written()
    {
        AssertRefused(".png, .npy or .pfm", () => DepthMapFile.Save(_folder.File("a.exr"), Golden()));
        string existing = _folder.Write("b.npy", [1]);
        AssertRefused("exists already", () => DepthMapFile.Save(existing, Golden()));
        Assert.Equal([1], File.ReadAllBytes(existing));
        DepthMapFile.Save(existing, Golden(), new DepthSaveOptions { Overwrite = true });
        Assert.Equal(["b.npy"], _folder.Names);
        Assert.Throws<ArgumentOutOfRangeException>(() => new DepthSaveOptions { Bits = 12 });
    }

    [Fact]
    public void Inputs_that_are_no_depth_maps_are_refused()
    {
        AssertRefused("There is no file", () => DepthMapFile.Load(_folder.File("missing.npy")));
        AssertRefused("is a folder; a depth map was expected", () => DepthMapFile.Load(_folder.Path));
        AssertRefused("is empty", () => DepthMapFile.Load(_folder.Write("zero.npy", [])));
        AssertRefused("is a text file", () => DepthMapFile.Load(_folder.Write("a.npy", "0.5 0.5"u8.ToArray())));
    }

    private static void AssertRefused(string part, Action action) =>
        Assert.Contains(part, Assert.ThrowsAny<Depth2ImgException>(action).Message, StringComparison.Ordinal);
}
