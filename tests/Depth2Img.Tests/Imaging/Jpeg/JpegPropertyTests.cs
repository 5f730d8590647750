using Depth2Img.Imaging;
using Depth2Img.Imaging.Jpeg;
using FsCheck.Xunit;

namespace Depth2Img.Tests.Imaging.Jpeg;

/// <summary>Hostile bytes: whatever they are, they decode or are refused in a sentence, with memory in proportion.</summary>
public class JpegPropertyTests
{
    private const long MostBytes = 4 << 20;

    private static readonly byte[][] Files =
    [
        Make(["2x2", "1x1", "1x1"], progressive: false, restart: 0),
        Make(["1x1", "1x1", "1x1"], progressive: false, restart: 2),
        Make(["2x1", "1x1", "1x1"], progressive: true, restart: 0),
        Make(["2x2", "1x1", "1x1"], progressive: true, restart: 3),
        JpegEncoderTests.Encode(TestPicture.Make(40, 33), new() { Comment = "text" }),
    ];

    [Property(MaxTest = 300)]
    public void Random_bytes_behind_the_first_marker_do_no_harm(byte[] bytes) => Try([0xFF, JpegMarker.StartOfImage, .. bytes]);

    [Property(MaxTest = 500)]
    public void Random_scan_bits_do_no_harm(int seed, int which)
    {
        byte[] file = [.. Pick(which)];
        new System.Random(seed).NextBytes(file.AsSpan(JpegSurgery.ScanData(file)));
        Try(file);
    }

    [Property(MaxTest = 1500)]
    public void Mutated_files_do_no_harm(int seed, int which)
    {
        System.Random random = new(seed);
        List<byte> file = [.. Pick(which)];
        for (int i = random.Next(1, 8); i > 0; i--)
        {
            int at = random.Next(2, file.Count);
            switch (random.Next(4))
            {
                case 0:
                    file[at] ^= (byte)(1 << random.Next(8));
                    break;
                case 1:
                    file[at] = (byte)random.Next(256);
                    break;
                case 2:
                    file.RemoveRange(at, Math.Min(random.Next(1, 20), file.Count - at));
                    break;
                default:
                    file.InsertRange(at, file.GetRange(at, Math.Min(random.Next(1, 40), file.Count - at)));
                    break;
            }
        }
        Try([.. file]);
    }

    [Property(MaxTest = 500)]
    public void Mutated_headers_do_no_harm(int seed, int which)
    {
        System.Random random = new(seed);
        byte[] file = [.. Pick(which)];
        int headers = JpegSurgery.ScanData(file);
        for (int i = random.Next(1, 4); i > 0; i--) file[random.Next(2, headers)] = (byte)random.Next(256);
        Try(file);
    }

    [Property(MaxTest = 500)]
    public void Cut_files_are_refused_or_whole(int seed, int which)
    {
        byte[] file = Pick(which);
        byte[] cut = file[..new System.Random(seed).Next(file.Length)];
        try
        {
            Assert.Equal(Decode(file).ToRgb().Pixels, Decode(cut).ToRgb().Pixels);
        }
        catch (Depth2ImgException refusal)
        {
            Assert.Contains("x.jpg", refusal.Message, StringComparison.Ordinal);
        }
    }

    private static void Try(byte[] file)
    {
        long before = GC.GetAllocatedBytesForCurrentThread();
        try
        {
            JpegImage image = Decode(file);
            Assert.Equal(3 * image.Width * image.Height, image.ToRgb().Pixels.Length);
            Assert.Equal((image.Width, image.Height), JpegDecoder.Identify(file, "x.jpg"));
        }
        catch (Depth2ImgException refusal)
        {
            Assert.Contains("x.jpg", refusal.Message, StringComparison.Ordinal);
        }
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, MostBytes + 3000L * file.Length);
    }

    private static JpegImage Decode(byte[] file) => JpegDecoder.Decode(file, "x.jpg", ImageLimits.Default);

    private static byte[] Pick(int which) => Files[(int)((uint)which % Files.Length)];

    private static byte[] Make(string[] sampling, bool progressive, int restart) => ReferenceJpeg.Encode(
        TestPicture.Samples(40, 33, 3), 40, 33, new(sampling, Progressive: progressive, RestartInterval: restart, Quality: 70));
}
