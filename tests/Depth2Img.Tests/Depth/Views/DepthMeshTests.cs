using Depth2Img.Depth;
using Depth2Img.Depth.Views;
using Depth2Img.Imaging;

namespace Depth2Img.Tests.Depth.Views;

public sealed class DepthMeshTests
{
    [Fact]
    public void A_surface_is_a_grid_of_quads_with_texture_bounds_and_camera()
    {
        GlbReader glb = Write(Scenes.Coordinates(8, 6), Scenes.Of(8, 6, (x, y) => x + y), new GeometryOptions { EdgeRadius = 0, EdgeCut = 10 });
        float[] positions = glb.Positions, coordinates = glb.TextureCoordinates;
        Assert.Equal(48, positions.Length / 3);
        Assert.Equal(48, coordinates.Length / 2);
        Assert.Equal(7 * 5 * 6, glb.Indices.Length);
        Assert.All(glb.Indices, index => Assert.InRange(index, 0u, 47u));
        Assert.Equal(0.5f / 8, coordinates[0], 1e-6);
        Assert.Equal(1 - 0.5f / 6, coordinates[^1], 1e-6);

        var accessor = glb.Root.GetProperty("accessors")[0];
        for (int c = 0; c < 3; c++)
        {
            float[] axis = [.. positions.Where((_, i) => i % 3 == c)];
            Assert.Equal(axis.Min(), accessor.GetProperty("min")[c].GetSingle());
            Assert.Equal(axis.Max(), accessor.GetProperty("max")[c].GetSingle());
        }
        DecodedImage texture = ImageFile.Decode(glb.Texture, "texture");
        Assert.Equal((ImageFormat.Jpeg, 8, 6), (texture.Format, texture.Width, texture.Height));
        // 55 degrees is the longer side's angle: the height of 6 to 8 is seen under less.
        double fieldOfView = glb.Root.GetProperty("cameras")[0].GetProperty("perspective").GetProperty("yfov").GetDouble();
        Assert.Equal(2 * Math.Atan(Math.Tan(27.5 * Math.PI / 180) * 0.75), fieldOfView, 1e-9);
    }

    [Fact]
    public void Every_triangle_faces_the_camera()
    {
        GlbReader glb = Write(Scenes.Coordinates(20, 15), Scenes.Of(20, 15, (x, y) => Math.Sin(x) + Math.Cos(y)), new GeometryOptions { EdgeRadius = 0, EdgeCut = 100 });
        float[] p = glb.Positions;
        foreach (uint[] t in glb.Indices.Chunk(3))
        {
            // Seen from the origin, a triangle's corners turn counter-clockwise where its normal points to the origin.
            double[] a = Corner(p, t[0]), b = Corner(p, t[1]), c = Corner(p, t[2]);
            double[] u = [b[0] - a[0], b[1] - a[1], b[2] - a[2]], v = [c[0] - a[0], c[1] - a[1], c[2] - a[2]];
            double[] normal = [u[1] * v[2] - u[2] * v[1], u[2] * v[0] - u[0] * v[2], u[0] * v[1] - u[1] * v[0]];
            Assert.True(normal[0] * a[0] + normal[1] * a[1] + normal[2] * a[2] < 0);
        }
    }

    [Fact]
    public void No_quad_lies_across_a_step_in_depth()
    {
        // A card of 10x10 in a picture of 30x20: the ring of quads around it is cut, all others stay.
        GlbReader glb = Write(Scenes.Coordinates(30, 20), Scenes.Card(30, 20, 10, 5, 20, 15), new GeometryOptions { EdgeRadius = 0 });
        Assert.Equal(6 * (29 * 19 - (11 * 11 - 9 * 9)), glb.Indices.Length);
        float[] positions = glb.Positions;
        foreach (uint[] triangle in glb.Indices.Chunk(3))
            Assert.Single(triangle.Select(index => positions[3 * index + 2]).Distinct());
    }

    [Fact]
    public void A_smooth_slope_at_a_things_border_is_made_a_step_and_cut()
    {
        DepthMap sloping = Scenes.Of(100, 40, (x, _) => Math.Clamp((x - 48) / 4.0, 0, 1));
        GlbReader glb = Write(Scenes.Coordinates(100, 40), sloping, new GeometryOptions { EdgeRadius = 5 });
        Assert.Equal(6 * (99 - 1) * 39, glb.Indices.Length);
    }

    [Fact]
    public void Points_that_no_triangle_uses_are_left_out()
    {
        // A single near pixel is cut off on all sides.
        GlbReader glb = Write(Scenes.Coordinates(9, 9), Scenes.Card(9, 9, 4, 4, 5, 5), new GeometryOptions { EdgeRadius = 0 });
        Assert.Equal(80, glb.Positions.Length / 3);
        Assert.Equal(80, glb.Indices.Distinct().Count());
    }

    [Fact]
    public void The_texture_is_no_larger_than_viewers_take()
    {
        DecodedImage texture = ImageFile.Decode(Write(new Image(5000, 20, new byte[300_000]), Scenes.Of(5000, 20, (_, _) => 0), null).Texture, "texture");
        Assert.Equal((4096, 16), (texture.Width, texture.Height));
    }

    [Theory]
    [InlineData(1, 1)]
    [InlineData(1, 9)]
    [InlineData(2000, 2)]
    public void A_picture_that_is_too_narrow_is_refused(int width, int height)
    {
        var e = Assert.Throws<Depth2ImgException>(() => Write(Scenes.Coordinates(width, height), Scenes.Of(width, height, (_, _) => 0), new GeometryOptions { Detail = 64 }));
        Assert.Contains("2x2", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_mesh_of_which_nothing_is_left_is_refused()
    {
        DepthMap noise = Scenes.Of(8, 8, (x, y) => (x + y) % 2);
        Assert.Contains("edge cut", Assert.Throws<Depth2ImgException>(() => Write(Scenes.Coordinates(8, 8), noise, new GeometryOptions { EdgeRadius = 0 })).Message, StringComparison.Ordinal);
    }

    private static double[] Corner(float[] positions, uint index) => [positions[3 * index], positions[3 * index + 1], positions[3 * index + 2]];

    private static GlbReader Write(Image picture, DepthMap depth, GeometryOptions? options)
    {
        using MemoryStream stream = new();
        DepthMesh.Write(stream, picture, depth, options);
        return new GlbReader(stream.ToArray());
    }
}
