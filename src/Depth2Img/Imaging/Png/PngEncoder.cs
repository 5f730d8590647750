using System.Buffers.Binary;
using System.IO.Compression;

namespace Depth2Img.Imaging.Png;

/// <summary>Writes PNG: 8-bit RGB and RGBA, 8- and 16-bit gray, with texts and a colour profile.</summary>
internal static class PngEncoder
{
    /// <summary>Puts a row's bytes where they are asked for.</summary>
    internal delegate void RowFiller(int y, Span<byte> row);

    /// <summary>Writes a picture as RGB, or RGBA where it has alpha.</summary>
    /// <param name="stream">Takes the file.</param>
    /// <param name="image">The picture.</param>
    /// <param name="text">Texts by keyword; null for none.</param>
    /// <param name="profile">The colours' profile; null for none.</param>
    /// <exception cref="ArgumentException">A keyword is not one that PNG allows.</exception>
    public static void Encode(Stream stream, Image image, IReadOnlyDictionary<string, string>? text = null, IccProfile? profile = null)
    {
        int width = image.Width;
        if (image.Alpha is not { } alpha)
        {
            Encode(stream, new PngHeader(width, image.Height, 8, PngColorType.Rgb, false), text, profile,
                (y, row) => image.Pixels.AsSpan(y * row.Length, row.Length).CopyTo(row));
            return;
        }
        Encode(stream, new PngHeader(width, image.Height, 8, PngColorType.Rgba, false), text, profile, (y, row) =>
        {
            for (int x = 0; x < width; x++)
            {
                image.Pixels.AsSpan(3 * (y * width + x), 3).CopyTo(row[(4 * x)..]);
                row[4 * x + 3] = alpha[y * width + x];
            }
        });
    }

    /// <summary>Writes 8-bit gray.</summary>
    /// <param name="stream">Takes the file.</param>
    /// <param name="width">Columns.</param>
    /// <param name="height">Rows.</param>
    /// <param name="samples">width x height samples.</param>
    /// <param name="text">Texts by keyword; null for none.</param>
    public static void EncodeGray(Stream stream, int width, int height, byte[] samples, IReadOnlyDictionary<string, string>? text = null) =>
        Encode(stream, new PngHeader(width, height, 8, PngColorType.Gray, false), text, null,
            (y, row) => samples.AsSpan(y * width, width).CopyTo(row));

    /// <summary>Writes 16-bit gray.</summary>
    /// <inheritdoc cref="EncodeGray(Stream, int, int, byte[], IReadOnlyDictionary{string, string}?)"/>
    public static void EncodeGray(Stream stream, int width, int height, ushort[] samples, IReadOnlyDictionary<string, string>? text = null) =>
        Encode(stream, new PngHeader(width, height, 16, PngColorType.Gray, false), text, null, (y, row) =>
        {
            for (int x = 0; x < width; x++) BinaryPrimitives.WriteUInt16BigEndian(row[(2 * x)..], samples[y * width + x]);
        });

    private static void Encode(Stream stream, PngHeader header, IReadOnlyDictionary<string, string>? text, IccProfile? profile, RowFiller fill)
    {
        // Before the first byte: a refused keyword must not leave half a file.
        foreach (string keyword in text?.Keys ?? []) PngText.RequireKeyword(keyword);

        PngChunkWriter writer = new(stream);
        Span<byte> ihdr = stackalloc byte[PngHeader.Length];
        header.Write(ihdr);
        writer.Write("IHDR"u8, ihdr);
        if (profile is not null) PngProfile.Write(writer, profile);
        foreach ((string keyword, string value) in text ?? new Dictionary<string, string>()) PngText.Write(writer, keyword, value);
        using PngImageDataStream chunks = new(writer);
        WriteImageData(chunks, header, fill);
        writer.Write("IEND"u8, []);
    }

    /// <summary>Filters, compresses and writes the rows of one picture.</summary>
    /// <param name="chunks">Takes the compressed bytes; completed here.</param>
    /// <param name="header">The form of the rows.</param>
    /// <param name="fill">Gives each row.</param>
    internal static void WriteImageData(PngImageDataStream chunks, PngHeader header, RowFiller fill)
    {
        // Zlib's strategy for filtered data: fewer short matches, more Huffman coding.
        ZLibCompressionOptions options = new() { CompressionLevel = 6, CompressionStrategy = ZLibCompressionStrategy.Filtered };
        PngFilterSelector selector = new((int)header.RowBytes(header.Width), header.FilterUnit);
        using (ZLibStream deflater = new(chunks, options, leaveOpen: true))
        {
            for (int y = 0; y < header.Height; y++)
            {
                fill(y, selector.Row);
                deflater.Write(selector.Filter());
            }
        }
        chunks.Complete();
    }
}
