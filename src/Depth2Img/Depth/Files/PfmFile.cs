using System.Buffers.Binary;
using System.Globalization;
using System.Text;
using Depth2Img.Imaging;

namespace Depth2Img.Depth.Files;

/// <summary>
/// Depth maps as portable float maps: "Pf", the size and a scale in text, then single-precision rows from the bottom
/// up. The scale's sign gives the byte order (negative is low byte first); its magnitude is a unit that nothing here needs.
/// </summary>
internal static class PfmFile
{
    private const int MaxTokenLength = 32;

    /// <summary>Whether a file begins as a float map does.</summary>
    public static bool Matches(ReadOnlySpan<byte> file) =>
        file.Length > 2 && file[0] == 'P' && file[1] is (byte)'f' or (byte)'F' && IsBlank(file[2]);

    /// <summary>Reads a map's values as they are.</summary>
    /// <exception cref="Depth2ImgException">The file is damaged, cut short, too large or in colour.</exception>
    public static (int Width, int Height, float[] Values) Read(ReadOnlySpan<byte> file, string name, ImageLimits limits)
    {
        if (file[1] == 'F') throw new Depth2ImgException($"'{name}' is a float map in colour (PF); a depth map has one channel (Pf).");
        int position = 2;
        long width = Side(Token(file, ref position, name), name), height = Side(Token(file, ref position, name), name);
        string scaleText = Token(file, ref position, name);
        if (!float.TryParse(scaleText, NumberStyles.Float, CultureInfo.InvariantCulture, out float scale) || !float.IsFinite(scale) || scale == 0)
            throw Broken(name, $"its scale is '{scaleText}', and a number other than 0 is due");
        limits.Require(name, width, height);
        // Exactly one blank ends the head: the next byte is a value's.
        ReadOnlySpan<byte> data = file[Math.Min(position + 1, file.Length)..];
        long expected = 4 * width * height;
        if (data.Length < expected)
            throw new Depth2ImgException($"'{name}' is cut short: {width}x{height} values take {expected} bytes and {data.Length} are there. Fetch or save it again.");
        if (data.Length > expected) throw Broken(name, $"{data.Length - expected} bytes follow its {width}x{height} values");

        float[] values = new float[width * height];
        for (int y = 0; y < height; y++)
        {
            ReadOnlySpan<byte> row = data.Slice((int)(4 * width * (height - 1 - y)), (int)(4 * width));
            for (int x = 0; x < width; x++)
            {
                values[y * width + x] = scale < 0
                    ? BinaryPrimitives.ReadSingleLittleEndian(row[(4 * x)..])
                    : BinaryPrimitives.ReadSingleBigEndian(row[(4 * x)..]);
            }
        }
        return ((int)width, (int)height, values);
    }

    /// <summary>Writes a map's values, low byte first.</summary>
    public static void Write(Stream stream, DepthMap map)
    {
        stream.Write(Encoding.ASCII.GetBytes(string.Create(CultureInfo.InvariantCulture, $"Pf\n{map.Width} {map.Height}\n-1.0\n")));
        for (int y = map.Height - 1; y >= 0; y--) LittleEndianFloats.Write(stream, map.Values.AsSpan(y * map.Width, map.Width));
    }

    private static string Token(ReadOnlySpan<byte> file, ref int position, string name)
    {
        while (position < file.Length && IsBlank(file[position])) position++;
        int start = position;
        while (position < file.Length && !IsBlank(file[position]))
        {
            if (++position - start > MaxTokenLength) throw Broken(name, "its head is no text");
        }
        if (position == file.Length) throw new Depth2ImgException($"'{name}' is cut short: it ends inside its head. Fetch or save it again.");
        return Encoding.Latin1.GetString(file[start..position]);
    }

    private static long Side(string text, string name) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out int side)
            ? side
            : throw Broken(name, $"its size has '{text}' where a whole number is due");

    private static bool IsBlank(byte b) => b is (byte)' ' or (byte)'\n' or (byte)'\r' or (byte)'\t';

    private static Depth2ImgException Broken(string name, string what) => new($"'{name}' is a broken float map: {what}.");
}
