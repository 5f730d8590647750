using Depth2Img.Imaging;
using FsCheck;
using FsCheck.Xunit;

namespace Depth2Img.Tests.Imaging.Png;

/// <summary>Whatever the bytes, a file is a picture or is refused by a sentence, in bounded memory and time.</summary>
public class PngFuzzTests
{
    // What a decoder may take for itself, beside the file and what the file could inflate to.
    private const long Slack = 4 << 20;

    private static readonly byte[][] _sound =
    [
        .. new[] { (0, 1), (0, 16), (2, 8), (4, 8), (6, 16) }.SelectMany(form => new[] { false, true }.Select(interlaced =>
        {
            int channels = form.Item1 switch { 2 => 3, 4 => 2, 6 => 4, _ => 1 };
            return new PngBuilder(13, 9, form.Item1, form.Item2, PngBuilder.Samples(13, 9, channels, form.Item2)) { Interlaced = interlaced }.Build();
        })),
        new PngBuilder(13, 9, 3, 4, PngBuilder.Samples(13, 9, 1, 4)) { Palette = new byte[48], Transparency = [1, 2] }.Build(),
    ];

    [Property(MaxTest = 300)]
    public void Chance_bytes_are_refused(byte[] bytes) => AssertBounded([137, 80, 78, 71, 13, 10, 26, 10, .. bytes]);

    [Property(MaxTest = 500)]
    public void Damaged_files_are_read_or_refused(NonNegativeInt which, (NonNegativeInt At, byte Value)[] changes)
    {
        byte[] file = [.. _sound[which.Get % _sound.Length]];
        foreach ((NonNegativeInt at, byte value) in changes) file[at.Get % file.Length] = value;
        AssertBounded(file);
    }

    /// <summary>Damage behind right checksums: what gets past the first line of defence.</summary>
    [Property(MaxTest = 500)]
    public void Damaged_chunks_with_right_checksums_are_read_or_refused(NonNegativeInt which, (NonNegativeInt Chunk, NonNegativeInt At, byte Value)[] changes, NonNegativeInt dropped)
    {
        List<(string Type, byte[] Data)> chunks = Chunks(_sound[which.Get % _sound.Length]);
        foreach ((NonNegativeInt chunk, NonNegativeInt at, byte value) in changes)
        {
            byte[] data = chunks[chunk.Get % chunks.Count].Data;
            if (data.Length > 0) data[at.Get % data.Length] = value;
        }
        if (dropped.Get % 3 == 0) chunks.RemoveAt(dropped.Get / 3 % chunks.Count);
        AssertBounded(PngBuilder.Assemble(chunks));
    }

    private static List<(string Type, byte[] Data)> Chunks(byte[] file)
    {
        List<(string, byte[])> chunks = [];
        for (int at = 8; at < file.Length;)
        {
            int length = System.Buffers.Binary.BinaryPrimitives.ReadInt32BigEndian(file.AsSpan(at));
            chunks.Add((System.Text.Encoding.ASCII.GetString(file, at + 4, 4), file[(at + 8)..(at + 8 + length)]));
            at += 12 + length;
        }
        return chunks;
    }

    private static void AssertBounded(byte[] file)
    {
        long before = GC.GetAllocatedBytesForCurrentThread();
        try
        {
            DecodedImage image = ImageFile.Decode(file, "a.png");
            Assert.Equal(3 * image.Width * image.Height, image.ToRgb().Pixels.Length);
        }
        catch (Depth2ImgException e)
        {
            Assert.Contains("'a.png'", e.Message, StringComparison.Ordinal);
        }
        // Deflate's best is a thousandfold; a bit may become four bytes of samples, and those three of a picture again.
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, Slack + file.Length * 1032L * 8 * 8);
    }
}
