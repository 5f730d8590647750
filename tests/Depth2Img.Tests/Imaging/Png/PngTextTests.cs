using System.Text;
using Depth2Img.Imaging;
using Depth2Img.Imaging.Png;

namespace Depth2Img.Tests.Imaging.Png;

public class PngTextTests
{
    [Fact]
    public void All_three_kinds_are_read()
    {
        var text = Read(
            ("tEXt", Latin1("plain\0caf\u00E9")),
            ("zTXt", [.. Latin1("small\0\0"), .. PngBuilder.Compress(Latin1("a a a a \u00E9"))]),
            ("iTXt", [.. Latin1("wide\0\0\0de\0breit\0"), .. "\u732B"u8]),
            ("iTXt", [.. Latin1("both\0\u0001\0\0\0"), .. PngBuilder.Compress("\u732B\u732B"u8.ToArray())]),
            ("tEXt", Latin1("twice\0first")),
            ("tEXt", Latin1("twice\0last")));
        Assert.Equal("caf\u00E9", text["plain"]);
        Assert.Equal("a a a a \u00E9", text["small"]);
        Assert.Equal("\u732B", text["wide"]);
        Assert.Equal("\u732B\u732B", text["both"]);
        Assert.Equal("last", text["twice"]);
    }

    [Fact]
    public void Malformed_texts_are_left_out_and_the_picture_is_read()
    {
        var text = Read(
            ("tEXt", Latin1("no end")),
            ("tEXt", Latin1("\0no keyword")),
            ("tEXt", Latin1(new string('k', 80) + "\0x")),
            ("zTXt", Latin1("nothing\0")),
            ("zTXt", Latin1("method\0\u0001x")),
            ("zTXt", Latin1("damaged\0\0x\u009Cabcdef")),
            ("zTXt", Latin1("dictionary\0\0x\u0020\u0001\u0002\u0003\u0004")),
            ("iTXt", Latin1("short\0\0")),
            ("iTXt", Latin1("unended\0\0\0de")),
            ("iTXt", [.. Latin1("noUtf8\0\0\0\0\0"), 0xFF, 0xFE]),
            ("tEXt", Latin1("good\0x")));
        Assert.Equal(["good"], text.Keys);
    }

    [Fact]
    public void Texts_of_all_chunks_together_stay_within_the_limit()
    {
        byte[] bomb = PngBuilder.Compress(new byte[30_000_000]);
        var text = Read(
            ("zTXt", [.. Latin1("bomb\0\0"), .. bomb]),
            ("iTXt", [.. Latin1("bomb2\0\u0001\0\0\0"), .. bomb]),
            ("tEXt", Latin1("first\0" + new string('a', 5 << 20))),
            ("tEXt", Latin1("second\0" + new string('a', 5 << 20))),
            ("tEXt", Latin1("third\0b")));
        Assert.Equal(["first", "third"], text.Keys.Order());
    }

    private static byte[] Latin1(string text) => Encoding.Latin1.GetBytes(text);

    private static IReadOnlyDictionary<string, string> Read(params (string, byte[])[] chunks) =>
        PngDecoder.Decode(new PngBuilder(1, 1, 0, 8, [0]) { Extra = chunks }.Build(), "a.png", ImageLimits.Default).Text;
}
