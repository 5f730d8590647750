using System.Buffers.Binary;
using System.Text;
using Depth2Img.Depth;
using Depth2Img.Depth.Views;
using Depth2Img.Imaging;
using Depth2Img.Tests.Imaging.Png;

namespace Depth2Img.Tests.Depth.Views;

public sealed class ParallaxAnimationTests
{
    private const int Width = 90, Height = 70;

    [Fact]
    public void Every_frame_decodes_and_the_animation_loops_for_ever()
    {
        Image picture = Noise();
        byte[] file = Write(picture, Scenes.Card(Width, Height, 30, 20, 60, 50), new ParallaxOptions { Frames = 8, FrameMilliseconds = 125 });
        (List<Image> frames, byte[] control, List<byte[]> heads) = Read(file);
        Assert.Equal(8, frames.Count);
        Assert.Equal(8, BinaryPrimitives.ReadInt32BigEndian(control));
        Assert.Equal(0, BinaryPrimitives.ReadInt32BigEndian(control.AsSpan(4)));
        Assert.All(heads, head =>
        {
            Assert.Equal((Width, Height, 0, 0), (Number(head, 4), Number(head, 8), Number(head, 12), Number(head, 16)));
            Assert.Equal(125.0 / 1000, (double)BinaryPrimitives.ReadUInt16BigEndian(head.AsSpan(20)) / BinaryPrimitives.ReadUInt16BigEndian(head.AsSpan(22)));
        });
        // From the picture's own place to one side, back, and to the other.
        Assert.Equal(picture.Pixels, frames[0].Pixels);
        Assert.Equal(frames[1].Pixels, frames[3].Pixels);
        Assert.Equal(picture.Pixels, frames[4].Pixels);
        Assert.NotEqual(frames[2].Pixels, frames[6].Pixels);
        Assert.NotEqual(frames[2].Pixels, frames[0].Pixels);
    }

    [Fact]
    public void Programs_that_know_no_animation_show_the_picture()
    {
        Image picture = Noise();
        byte[] file = Write(picture, Scenes.Card(Width, Height, 30, 20, 60, 50), new ParallaxOptions { Frames = 3 });
        Assert.Equal(picture.Pixels, ImageFile.Decode(file, "a.png").ToRgb().Pixels);
    }

    [Fact]
    public void A_large_picture_is_scaled_down()
    {
        ImageInfo info = ImageFile.Identify(Write(Noise(), Scenes.Of(Width, Height, (x, _) => x), new ParallaxOptions { MaxSide = 45, Frames = 2 }), "a.png");
        Assert.Equal((45, 35), (info.Width, info.Height));
    }

    [Fact]
    public void What_cannot_be_is_refused_by_a_sentence()
    {
        Assert.Contains("2 to 240", Assert.Throws<Depth2ImgException>(() => new ParallaxOptions { Frames = 1 }).Message, StringComparison.Ordinal);
        Assert.Contains("10 to 10000", Assert.Throws<Depth2ImgException>(() => new ParallaxOptions { FrameMilliseconds = 0 }).Message, StringComparison.Ordinal);
        Assert.Contains("16 to 4096", Assert.Throws<Depth2ImgException>(() => new ParallaxOptions { MaxSide = 5000 }).Message, StringComparison.Ordinal);
    }

    /// <summary>A picture that compresses to several chunks a frame.</summary>
    private static Image Noise()
    {
        byte[] pixels = new byte[3 * Width * Height];
        new System.Random(5).NextBytes(pixels);
        return new Image(Width, Height, pixels);
    }

    private static byte[] Write(Image picture, DepthMap depth, ParallaxOptions options)
    {
        using MemoryStream stream = new();
        ParallaxAnimation.Write(stream, picture, depth, options);
        return stream.ToArray();
    }

    /// <summary>Takes an animation apart and decodes each frame as a PNG of its own; checks the chunks' order and numbers.</summary>
    private static (List<Image> Frames, byte[] Control, List<byte[]> Heads) Read(byte[] file)
    {
        byte[] header = [], control = [];
        List<byte[]> heads = [];
        List<List<byte>> data = [];
        int sequence = 0;
        for (int at = 8; at < file.Length;)
        {
            int length = Number(file, at);
            string type = Encoding.ASCII.GetString(file, at + 4, 4);
            byte[] content = file[(at + 8)..(at + 8 + length)];
            at += 12 + length;
            switch (type)
            {
                case "IHDR": header = content; break;
                case "acTL": control = content; Assert.Empty(heads); break;
                case "fcTL":
                    Assert.Equal(sequence++, Number(content, 0));
                    heads.Add(content);
                    data.Add([]);
                    break;
                case "IDAT":
                    Assert.Single(heads);
                    data[^1].AddRange(content);
                    break;
                case "fdAT":
                    Assert.Equal(sequence++, Number(content, 0));
                    Assert.True(heads.Count > 1);
                    data[^1].AddRange(content[4..]);
                    break;
                default: Assert.Equal("IEND", type); break;
            }
        }
        return ([.. data.Select((bytes, n) => ImageFile.Decode(PngBuilder.Assemble([("IHDR", header), ("IDAT", [.. bytes]), ("IEND", [])]), $"frame {n}").ToRgb())], control, heads);
    }

    private static int Number(byte[] bytes, int at) => BinaryPrimitives.ReadInt32BigEndian(bytes.AsSpan(at));
}
