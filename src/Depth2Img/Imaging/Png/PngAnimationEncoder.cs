using System.Buffers.Binary;

namespace Depth2Img.Imaging.Png;

/// <summary>
/// Writes animated PNG (PNG third edition, 2025): 8-bit RGB frames of one size that play for ever. The first frame is also the picture for
/// programs that know no animation. Frames are taken one at a time.
/// </summary>
internal static class PngAnimationEncoder
{
    private const int FrameControlLength = 26;

    /// <summary>Writes an animation.</summary>
    /// <param name="stream">Takes the file.</param>
    /// <param name="width">Columns of every frame.</param>
    /// <param name="height">Rows of every frame.</param>
    /// <param name="count">How many frames there are, at least 1.</param>
    /// <param name="frameMilliseconds">How long each is shown, 1 to 65,535.</param>
    /// <param name="frames">The frames.</param>
    /// <exception cref="ArgumentException">A frame is of another size, or there are more or fewer than was said.</exception>
    public static void Encode(Stream stream, int width, int height, int count, int frameMilliseconds, IEnumerable<Image> frames)
    {
        PngHeader header = new(width, height, 8, PngColorType.Rgb, false);
        PngChunkWriter writer = new(stream);
        Span<byte> ihdr = stackalloc byte[PngHeader.Length];
        header.Write(ihdr);
        writer.Write("IHDR"u8, ihdr);
        Span<byte> control = stackalloc byte[8];
        BinaryPrimitives.WriteInt32BigEndian(control, count);
        BinaryPrimitives.WriteInt32BigEndian(control[4..], 0); // plays without end
        writer.Write("acTL"u8, control);

        // Frames' heads and data are counted as one sequence.
        uint sequence = 0;
        int written = 0;
        foreach (Image frame in frames)
        {
            if (frame.Width != width || frame.Height != height)
                throw new ArgumentException($"Frame {written} is {frame.Width}x{frame.Height}; all frames must be {width}x{height}.", nameof(frames));
            WriteFrameControl(writer, sequence++, width, height, frameMilliseconds);
            using PngImageDataStream chunks = written == 0 ? new PngImageDataStream(writer) : new PngImageDataStream(writer, sequence);
            PngEncoder.WriteImageData(chunks, header, (y, row) => frame.Pixels.AsSpan(y * row.Length, row.Length).CopyTo(row));
            sequence = chunks.NextSequence ?? sequence;
            written++;
        }
        if (written != count) throw new ArgumentException($"There were {written} frames; {count} were announced.", nameof(frames));
        writer.Write("IEND"u8, []);
    }

    private static void WriteFrameControl(PngChunkWriter writer, uint sequence, int width, int height, int milliseconds)
    {
        Span<byte> control = stackalloc byte[FrameControlLength];
        control.Clear(); // at the upper left; left standing, and not blended with what was there
        BinaryPrimitives.WriteUInt32BigEndian(control, sequence);
        BinaryPrimitives.WriteInt32BigEndian(control[4..], width);
        BinaryPrimitives.WriteInt32BigEndian(control[8..], height);
        BinaryPrimitives.WriteUInt16BigEndian(control[20..], (ushort)milliseconds);
        BinaryPrimitives.WriteUInt16BigEndian(control[22..], 1000);
        writer.Write("fcTL"u8, control);
    }
}
