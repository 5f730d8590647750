using System.Buffers.Binary;
using System.Text;
using Depth2Img.Imaging;
using Depth2Img.Pipelines;
using Depth2Img.TestSupport;

namespace Depth2Img.Cli.Tests;

/// <summary>What of a picture's file gets into the files of pictures made of it: its colour profile, and nothing else.</summary>
public sealed class MetadataTests : IDisposable
{
    private const string Place = "N 52 31 12 / E 13 24 36";

    private readonly CliFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("out.png")]
    [InlineData("out.jpg")]
    public async Task The_colour_profile_is_carried_over_and_nothing_of_EXIF(string output)
    {
        CliRun run = await GenerateAsync(output);
        Assert.Equal(ExitCodes.Success, run.ExitCode);
        byte[] written = File.ReadAllBytes(_folder[output]);
        foreach (byte[] trace in (byte[][])["Exif"u8.ToArray(), "eXIf"u8.ToArray(), "a camera"u8.ToArray(), Encoding.ASCII.GetBytes(Place)])
            Assert.Equal(-1, written.AsSpan().IndexOf(trace));
        DecodedImage decoded = ImageFile.Load(_folder[output]);
        Assert.Equal(Profile(), decoded.Profile!.Data.ToArray());
        Assert.Contains(GenerationSettings.TextKey, decoded.Text.Keys);
    }

    [Theory]
    [InlineData("out.png")]
    [InlineData("out.jpg")]
    public async Task Without_metadata_no_text_is_written_and_the_colours_keep_their_profile(string output)
    {
        CliRun run = await GenerateAsync(output, "--no-metadata");
        Assert.Equal(ExitCodes.Success, run.ExitCode);
        DecodedImage decoded = ImageFile.Load(_folder[output]);
        Assert.Empty(decoded.Text);
        Assert.NotNull(decoded.Profile);
        Assert.Equal(-1, File.ReadAllBytes(_folder[output]).AsSpan().IndexOf("a red ball"u8));
    }

    private Task<CliRun> GenerateAsync(string output, params string[] more) => CliFolder.RunAsync(
        ["generate", PhotoWithPlace(), "-p", "a red ball", "-m", CliFolder.TinyModel, "--steps", "1", "--max-size", "64", "-o", _folder[output], .. more]);

    /// <summary>A JPEG with a profile and with EXIF that names a camera and a place.</summary>
    private string PhotoWithPlace()
    {
        byte[] jpeg = File.ReadAllBytes(Repository.Samples("photos/pumpkin.jpg"));
        // A directory of two entries in big-endian order: the maker's name, and where the directory of the place is.
        byte[] tiff =
        [
            .. "MM\0*"u8, 0, 0, 0, 8, 0, 2,
            0x01, 0x0F, 0, 2, 0, 0, 0, 9, 0, 0, 0, 38,
            0x88, 0x25, 0, 4, 0, 0, 0, 1, 0, 0, 0, 48,
            0, 0, 0, 0,
            .. "a camera\0\0"u8,
            0, 1, 0, 0x1B, 0, 2, 0, 0, 0, (byte)Place.Length, 0, 0, 0, 66, 0, 0, 0, 0,
            .. Encoding.ASCII.GetBytes(Place),
        ];
        byte[] exif = Segment(0xE1, [.. "Exif\0\0"u8, .. tiff]), icc = Segment(0xE2, [.. "ICC_PROFILE\0"u8, 1, 1, .. Profile()]);
        byte[] comment = Segment(0xFE, Encoding.ASCII.GetBytes(Place));
        return _folder.Write("photo.jpg", [.. jpeg[..2], .. exif, .. icc, .. comment, .. jpeg[2..]]);
    }

    private static byte[] Segment(byte marker, byte[] content) => [0xFF, marker, (byte)((content.Length + 2) >> 8), (byte)(content.Length + 2), .. content];

    private static byte[] Profile()
    {
        byte[] bytes = new byte[300];
        BinaryPrimitives.WriteInt32BigEndian(bytes, bytes.Length);
        "RGB "u8.CopyTo(bytes.AsSpan(16));
        "acsp"u8.CopyTo(bytes.AsSpan(36));
        return bytes;
    }
}
