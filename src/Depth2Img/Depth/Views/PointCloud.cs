using System.Buffers.Binary;
using System.Globalization;
using System.Text;
using Depth2Img.Imaging;
using Depth2Img.Imaging.Resize;
using Depth2Img.IO;

namespace Depth2Img.Depth.Views;

/// <summary>Coloured point clouds as PLY (binary, low byte first): x, y, z in metres as <see cref="DepthCamera"/> says, and red, green, blue.</summary>
public static class PointCloud
{
    /// <summary>Bytes of a point: three floats and three colours.</summary>
    private const int PointBytes = 3 * 4 + 3;

    /// <summary>Writes a point cloud, whole or not at all.</summary>
    /// <param name="path">The file.</param>
    /// <param name="picture">The colours; transparency is ignored.</param>
    /// <param name="depth">The picture's depth, of its size.</param>
    /// <param name="options">How; null for the defaults.</param>
    /// <exception cref="ArgumentException">The sizes differ.</exception>
    /// <exception cref="Depth2ImgException">The camera's distances do not fit each other, the file exists and may not be replaced, or it cannot be written.</exception>
    public static void Save(string path, Image picture, DepthMap depth, GeometryOptions? options = null)
    {
        options ??= new GeometryOptions();
        DepthGrid grid = DepthGrid.Make(picture, depth, options);
        AtomicFile.Write(path, stream => Write(stream, picture, grid), options.Overwrite);
    }

    /// <summary>Writes a point cloud to a stream, which stays open.</summary>
    /// <inheritdoc cref="Save"/>
    public static void Write(Stream stream, Image picture, DepthMap depth, GeometryOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(stream);
        Write(stream, picture, DepthGrid.Make(picture, depth, options ?? new GeometryOptions()));
    }

    private static void Write(Stream stream, Image picture, DepthGrid grid)
    {
        Image colors = ImageResizer.Resize(picture, grid.Width, grid.Height, ResizeFilter.Area);
        stream.Write(Encoding.ASCII.GetBytes(string.Create(CultureInfo.InvariantCulture, $"""
            ply
            format binary_little_endian 1.0
            comment camera at the origin, looking along -z; y is up; metres
            element vertex {grid.Width * grid.Height}
            property float x
            property float y
            property float z
            property uchar red
            property uchar green
            property uchar blue
            end_header

            """).ReplaceLineEndings("\n")));
        byte[] row = new byte[PointBytes * grid.Width];
        for (int y = 0, i = 0; y < grid.Height; y++)
        {
            for (int x = 0; x < grid.Width; x++, i++)
            {
                Span<byte> point = row.AsSpan(PointBytes * x, PointBytes);
                for (int c = 0; c < 3; c++) BinaryPrimitives.WriteSingleLittleEndian(point[(4 * c)..], grid.Positions[3 * i + c]);
                colors.Pixels.AsSpan(3 * i, 3).CopyTo(point[12..]);
            }
            stream.Write(row);
        }
    }
}
