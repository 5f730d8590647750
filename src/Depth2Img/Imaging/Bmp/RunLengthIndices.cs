namespace Depth2Img.Imaging.Bmp;

/// <summary>RLE4 and RLE8: pairs of a count and a value, and escapes that end rows, skip, or give values one by one. What is skipped has the index 0.</summary>
internal static class RunLengthIndices
{
    private const int EndOfRow = 0, EndOfPicture = 1, Skip = 2;

    /// <summary>Gives the indices, upright.</summary>
    /// <exception cref="Depth2ImgException">The data end too early.</exception>
    public static byte[] Decode(BmpHeader header, ReadOnlySpan<byte> data, string name)
    {
        byte[] indices = new byte[header.Width * header.Height];
        bool four = header.Compression == BmpCompression.Rle4;
        // Rows are counted as they are stored; what runs past a row's end or the last row is dropped, as other readers do.
        for (int at = 0, x = 0, y = 0; ;)
        {
            if (y >= header.Height) return indices;
            if (at + 2 > data.Length) throw BmpErrors.CutShort(name, $"its runs end in row {y} of {header.Height}");
            x = Math.Min(x, header.Width); // Rows that never end do not count on for ever.
            int count = data[at], value = data[at + 1];
            at += 2;
            if (count > 0)
            {
                for (int i = 0; i < count; i++, x++) Put(indices, header, x, y, four ? (byte)(i % 2 == 0 ? value >> 4 : value & 0xF) : (byte)value);
            }
            else if (value == EndOfRow)
            {
                x = 0;
                y++;
            }
            else if (value == EndOfPicture)
            {
                return indices;
            }
            else if (value == Skip)
            {
                if (at + 2 > data.Length) throw BmpErrors.CutShort(name, $"its runs end in row {y} of {header.Height}");
                x += data[at];
                y += data[at + 1];
                at += 2;
            }
            else
            {
                int bytes = four ? (value + 1) / 2 : value;
                if (at + bytes > data.Length) throw BmpErrors.CutShort(name, $"its runs end in row {y} of {header.Height}");
                for (int i = 0; i < value; i++, x++) Put(indices, header, x, y, four ? (byte)(data[at + i / 2] >> (i % 2 == 0 ? 4 : 0) & 0xF) : data[at + i]);
                at += bytes + bytes % 2; // to an even byte
            }
        }
    }

    private static void Put(byte[] indices, BmpHeader header, int x, int y, byte value)
    {
        if (x < header.Width) indices[(header.TopDown ? y : header.Height - 1 - y) * header.Width + x] = value;
    }
}
