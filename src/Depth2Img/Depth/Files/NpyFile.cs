using System.Buffers.Binary;
using Depth2Img.Imaging;

namespace Depth2Img.Depth.Files;

/// <summary>Depth maps as NumPy arrays: [H,W], or with dimensions of 1 around it, of any plain number type.</summary>
internal static class NpyFile
{
    private delegate float Element(ReadOnlySpan<byte> bytes);

    /// <summary>Reads a map's values as they are.</summary>
    /// <exception cref="Depth2ImgException">The file is damaged, cut short, too large, or of a shape or type that is no depth map.</exception>
    public static (int Width, int Height, float[] Values) Read(ReadOnlySpan<byte> file, string name, ImageLimits limits)
    {
        NpyHeader header = NpyHeader.Parse(file, name);
        (int size, Element element) = ElementOf(header, name);
        (long height, long width) = Sides(header, name);
        limits.Require(name, width, height);
        long expected = width * height * size, found = file.Length - header.DataStart;
        if (found < expected)
            throw new Depth2ImgException($"'{name}' is cut short: its shape {header.ShapeText} takes {expected} bytes and {found} are there. Fetch or save it again.");
        if (found > expected)
            throw new Depth2ImgException($"'{name}' is no .npy file that can be read: {found - expected} bytes follow its {header.ShapeText} elements.");

        float[] values = new float[width * height];
        ReadOnlySpan<byte> data = file[header.DataStart..];
        for (int y = 0, to = 0; y < height; y++)
        {
            for (int x = 0; x < width; x++, to++)
            {
                long index = header.FortranOrder ? x * height + y : to;
                values[to] = element(data.Slice((int)(index * size), size));
            }
        }
        return ((int)width, (int)height, values);
    }

    /// <summary>Writes a map's values as float32 [H,W].</summary>
    public static void Write(Stream stream, DepthMap map)
    {
        stream.Write(NpyHeader.ForDepth(map.Width, map.Height));
        LittleEndianFloats.Write(stream, map.Values);
    }

    private static (long Height, long Width) Sides(NpyHeader header, string name)
    {
        List<long> sides = [.. header.Shape];
        while (sides.Count > 2 && sides[0] == 1) sides.RemoveAt(0);
        while (sides.Count > 2 && sides[^1] == 1) sides.RemoveAt(sides.Count - 1);
        if (sides.Count != 2)
            throw new Depth2ImgException($"'{name}' holds an array of shape {header.ShapeText}; a depth map is (height, width), (1, height, width) or (height, width, 1).");
        return (sides[0], sides[1]);
    }

    private static (int Size, Element Element) ElementOf(NpyHeader header, string name)
    {
        bool big = header.BigEndian;
        return header.Type switch
        {
            "f2" => (2, b => (float)(big ? BinaryPrimitives.ReadHalfBigEndian(b) : BinaryPrimitives.ReadHalfLittleEndian(b))),
            "f4" => (4, b => big ? BinaryPrimitives.ReadSingleBigEndian(b) : BinaryPrimitives.ReadSingleLittleEndian(b)),
            "f8" => (8, b => (float)(big ? BinaryPrimitives.ReadDoubleBigEndian(b) : BinaryPrimitives.ReadDoubleLittleEndian(b))),
            "u1" => (1, b => b[0]),
            "i1" => (1, b => (sbyte)b[0]),
            "u2" => (2, b => big ? BinaryPrimitives.ReadUInt16BigEndian(b) : BinaryPrimitives.ReadUInt16LittleEndian(b)),
            "i2" => (2, b => big ? BinaryPrimitives.ReadInt16BigEndian(b) : BinaryPrimitives.ReadInt16LittleEndian(b)),
            "u4" => (4, b => big ? BinaryPrimitives.ReadUInt32BigEndian(b) : BinaryPrimitives.ReadUInt32LittleEndian(b)),
            "i4" => (4, b => big ? BinaryPrimitives.ReadInt32BigEndian(b) : BinaryPrimitives.ReadInt32LittleEndian(b)),
            "u8" => (8, b => big ? BinaryPrimitives.ReadUInt64BigEndian(b) : BinaryPrimitives.ReadUInt64LittleEndian(b)),
            "i8" => (8, b => big ? BinaryPrimitives.ReadInt64BigEndian(b) : BinaryPrimitives.ReadInt64LittleEndian(b)),
            _ => throw new Depth2ImgException($"'{name}' holds elements of type '{header.Type}'; a depth map has real numbers (f2, f4, f8) or whole ones (u1 to u8, i1 to i8)."),
        };
    }
}
