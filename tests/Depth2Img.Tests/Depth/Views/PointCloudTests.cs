using System.Buffers.Binary;
using System.Text;
using Depth2Img.Depth;
using Depth2Img.Depth.Views;
using Depth2Img.Imaging;
using Depth2Img.TestSupport;

namespace Depth2Img.Tests.Depth.Views;

public sealed class PointCloudTests
{
    private sealed record Point(float X, float Y, float Z, byte Red, byte Green, byte Blue);

    [Fact]
    public void A_point_cloud_reads_back_with_every_pixel_where_the_camera_model_puts_it()
    {
        Image picture = Scenes.Coordinates(6, 4);
        DepthMap depth = Scenes.Of(6, 4, (x, y) => x + 10 * y);
        DepthCamera camera = new() { FieldOfView = 90, Near = 2, Far = 8 };
        Point[] points = Read(Write(picture, depth, new GeometryOptions { Camera = camera, EdgeRadius = 0 }));
        Assert.Equal(24, points.Length);
        for (int i = 0; i < points.Length; i++)
        {
            int x = i % 6, y = i / 6;
            double t = depth.Values[i] / 35.0, z = 1 / ((1 - t) / 8 + t / 2);
            // 90 degrees over 6 pixels: the focal length is 3 pixels.
            Assert.Equal((x + 0.5 - 3) / 3 * z, points[i].X, 1e-4);
            Assert.Equal(-(y + 0.5 - 2) / 3 * z, points[i].Y, 1e-4);
            Assert.Equal(-z, points[i].Z, 1e-4);
            Assert.Equal((x, y, 7), (points[i].Red, points[i].Green, points[i].Blue));
        }
    }

    [Fact]
    public void The_nearest_and_the_farthest_lie_where_the_camera_says_and_a_flat_map_between()
    {
        DepthMap depth = Scenes.Of(5, 5, (x, _) => x);
        Point[] points = Read(Write(Scenes.Coordinates(5, 5), depth, new GeometryOptions { EdgeRadius = 0 }));
        Assert.Equal(-4, points.Min(p => p.Z), 1e-4);
        Assert.Equal(-1, points.Max(p => p.Z), 1e-4);
        Assert.All(Read(Write(Scenes.Coordinates(5, 5), Scenes.Of(5, 5, (_, _) => 3), null)), p => Assert.Equal(-1.6f, p.Z, 1e-4));
    }

    [Theory]
    [InlineData(1, 1, 2, 1, 1)]
    [InlineData(100, 50, 10, 10, 5)]
    [InlineData(50, 100, 2, 1, 2)]
    [InlineData(300, 1, 7, 7, 1)]
    public void Detail_bounds_the_longer_side(int width, int height, int detail, int columns, int rows)
    {
        byte[] file = Write(Scenes.Coordinates(width, height), Scenes.Of(width, height, (x, y) => x * y), new GeometryOptions { Detail = detail });
        Assert.Equal(columns * rows, Read(file).Length);
    }

    [Fact]
    public void A_map_of_more_than_256_levels_keeps_them()
    {
        DepthMap depth = Scenes.Of(100, 20, (x, y) => x + 100 * y);
        Assert.Equal(2000, Read(Write(Scenes.Coordinates(100, 20), depth, new GeometryOptions { EdgeRadius = 0 })).Select(p => p.Z).Distinct().Count());
    }

    [Fact]
    public void What_cannot_be_is_refused_by_a_sentence()
    {
        Assert.Contains("180", Assert.Throws<Depth2ImgException>(() => new DepthCamera { FieldOfView = 180 }).Message, StringComparison.Ordinal);
        Assert.Contains("NaN", Assert.Throws<Depth2ImgException>(() => new DepthCamera { Near = double.NaN }).Message, StringComparison.Ordinal);
        Assert.Contains("nearer", Assert.Throws<Depth2ImgException>(() => new DepthCamera { Near = 4 }.Validate()).Message, StringComparison.Ordinal);
        Assert.Contains("2 to 8192", Assert.Throws<Depth2ImgException>(() => new GeometryOptions { Detail = 1 }).Message, StringComparison.Ordinal);
        Assert.Contains("edge cut", Assert.Throws<Depth2ImgException>(() => new GeometryOptions { EdgeCut = 0 }).Message, StringComparison.Ordinal);
        Assert.Throws<ArgumentException>(() => Write(Scenes.Coordinates(4, 4), Scenes.Of(5, 4, (_, _) => 0), null));
    }

    [Fact]
    public void An_existing_file_is_kept_unless_it_may_be_replaced()
    {
        using TemporaryFolder folder = new();
        string path = folder.Write("a.ply", [1]);
        DepthMap depth = Scenes.Of(4, 4, (x, _) => x);
        Assert.ThrowsAny<Depth2ImgException>(() => PointCloud.Save(path, Scenes.Coordinates(4, 4), depth));
        PointCloud.Save(path, Scenes.Coordinates(4, 4), depth, new GeometryOptions { Overwrite = true });
        Assert.Equal(16, Read(File.ReadAllBytes(path)).Length);
    }

    private static byte[] Write(Image picture, DepthMap depth, GeometryOptions? options)
    {
        using MemoryStream stream = new();
        PointCloud.Write(stream, picture, depth, options);
        return stream.ToArray();
    }

    private static Point[] Read(byte[] file)
    {
        const string end = "end_header\n";
        string text = Encoding.Latin1.GetString(file);
        int start = text.IndexOf(end, StringComparison.Ordinal) + end.Length;
        string[] lines = text[..start].TrimEnd('\n').Split('\n');
        Assert.Equal(["ply", "format binary_little_endian 1.0"], lines[..2]);
        Assert.Equal(["property float x", "property float y", "property float z", "property uchar red", "property uchar green", "property uchar blue", "end_header"], lines[^7..]);
        int count = int.Parse(Assert.Single(lines, line => line.StartsWith("element vertex ", StringComparison.Ordinal))[15..], System.Globalization.CultureInfo.InvariantCulture);
        Assert.Equal(15 * count, file.Length - start);
        return [.. Enumerable.Range(0, count).Select(i => file.AsSpan(start + 15 * i, 15).ToArray()).Select(b => new Point(
            BinaryPrimitives.ReadSingleLittleEndian(b), BinaryPrimitives.ReadSingleLittleEndian(b.AsSpan(4)), BinaryPrimitives.ReadSingleLittleEndian(b.AsSpan(8)), b[12], b[13], b[14]))];
    }
}
