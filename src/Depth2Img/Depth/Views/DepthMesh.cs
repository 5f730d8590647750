using Depth2Img.Imaging;
using Depth2Img.Imaging.Resize;
using Depth2Img.IO;

namespace Depth2Img.Depth.Views;

/// <summary>
/// Textured meshes as glTF 2.0 in one file (.glb): a vertex for each point of a grid, in metres as <see cref="DepthCamera"/> says,
/// two triangles between four neighbours, none across a step in depth, the picture as an unlit JPEG texture, and the camera
/// that took it.
/// </summary>
public static class DepthMesh
{
    /// <summary>The largest texture that every viewer takes.</summary>
    private const int LargestTexture = 4096;

    /// <summary>Writes a mesh, whole or not at all.</summary>
    /// <param name="path">The file.</param>
    /// <param name="picture">The texture; what is transparent becomes white.</param>
    /// <param name="depth">The picture's depth, of its size.</param>
    /// <param name="options">How; null for the defaults.</param>
    /// <exception cref="ArgumentException">The sizes differ.</exception>
    /// <exception cref="Depth2ImgException">The picture has fewer than 2x2 pixels, every quad was cut, the camera's distances do not fit each other, the file exists and may not be replaced, or it cannot be written.</exception>
    public static void Save(string path, Image picture, DepthMap depth, GeometryOptions? options = null)
    {
        options ??= new GeometryOptions();
        GlbFile file = Make(picture, depth, options);
        AtomicFile.Write(path, file.Write, options.Overwrite);
    }

    /// <summary>Writes a mesh to a stream, which stays open.</summary>
    /// <inheritdoc cref="Save"/>
    public static void Write(Stream stream, Image picture, DepthMap depth, GeometryOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(stream);
        Make(picture, depth, options ?? new GeometryOptions()).Write(stream);
    }

    private static GlbFile Make(Image picture, DepthMap depth, GeometryOptions options)
    {
        DepthGrid grid = DepthGrid.Make(picture, depth, options);
        if (grid.Width < 2 || grid.Height < 2)
            throw new Depth2ImgException($"A mesh of a {picture.Width}x{picture.Height} picture has {grid.Width}x{grid.Height} points; at least 2x2 are needed.");
        MeshTriangles triangles = MeshTriangles.Of(grid, options.EdgeCut);
        if (triangles.Indices.Length == 0)
            throw new Depth2ImgException($"Every quad of the mesh lies across a step in depth of more than {options.EdgeCut} and was cut; a larger edge cut keeps some.");
        return new GlbFile(triangles.Positions, triangles.TextureCoordinates, triangles.Indices, Texture(picture), options.Camera, (double)picture.Width / picture.Height);
    }

    private static byte[] Texture(Image picture)
    {
        double scale = Math.Min(1, (double)LargestTexture / Math.Max(picture.Width, picture.Height));
        int width = Math.Max(1, (int)Math.Round(picture.Width * scale)), height = Math.Max(1, (int)Math.Round(picture.Height * scale));
        using MemoryStream file = new();
        ImageFile.Encode(file, ImageResizer.Resize(picture, width, height, ResizeFilter.Area), ImageFormat.Jpeg);
        return file.ToArray();
    }
}
