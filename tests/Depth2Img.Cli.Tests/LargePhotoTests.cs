using System.Diagnostics;
using Depth2Img.Imaging;
using Xunit.Abstractions;

namespace Depth2Img.Cli.Tests;

/// <summary>Photographs of 48 megapixels, as phones take them, in processes of their own whose memory is measured.</summary>
public sealed class LargePhotoTests(ITestOutputHelper log) : IDisposable
{
    private const int Width = 8064, Height = 6048;
    private const long Megabyte = 1 << 20;

    private readonly CliFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [Trait("Category", "Slow")]
    [InlineData("photo.jpg")]
    [InlineData("photo.png")]
    public async Task Depth_and_generate_take_48_megapixels_in_bounded_memory(string name)
    {
        ImageFile.Save(_folder[name], Picture());
        long depth = await PeakAsync("depth", _folder[name], "-o", _folder["depth.png"], "-o", _folder["depth.npy"], "--depth-model", "checkpoint", "-m", CliFolder.TinyModel);
        Assert.Equal(new ImageInfo(ImageFormat.Png, Width, Height), ImageFile.Identify(_folder["depth.png"]));
        long generate = await PeakAsync("generate", _folder[name], "-p", "a red ball", "-m", CliFolder.TinyModel, "--steps", "2", "--seed", "1", "--max-size", "64", "-o", _folder["new.png"]);
        Assert.Equal(new ImageInfo(ImageFormat.Png, Width, Height), ImageFile.Identify(_folder["new.png"]));
        // A picture in RGB is 140 MB, a depth map of its size 186 MB.
        Assert.InRange(depth, 0, 800 * Megabyte);
        Assert.InRange(generate, 0, 650 * Megabyte);
    }

    private async Task<long> PeakAsync(params string[] args)
    {
        using CliProcess process = new(new Uri("http://127.0.0.1:9"), _folder.Path, args);
        Task<CliRun> run = process.EndAsync();
        long peak = 0;
        using Process watched = Process.GetProcessById(process.Id);
        while (!run.IsCompleted)
        {
            watched.Refresh();
            if (!watched.HasExited) peak = Math.Max(peak, watched.PeakWorkingSet64);
            await Task.WhenAny(run, Task.Delay(50));
        }
        CliRun ended = await run;
        Assert.True(ended.ExitCode == ExitCodes.Success, ended.Error);
        log.WriteLine($"{args[0]} {Path.GetFileName(args[1])}: {peak / Megabyte} MiB");
        return peak;
    }

    /// <summary>Smooth colours with some grain, so that files are neither tiny nor huge.</summary>
    private static Image Picture()
    {
        byte[] pixels = new byte[3 * Width * Height];
        System.Random random = new(1);
        byte[] grain = new byte[4096];
        random.NextBytes(grain);
        for (int y = 0, i = 0; y < Height; y++)
        {
            for (int x = 0; x < Width; x++, i += 3)
            {
                int speck = grain[(x * 31 + y * 17) & 4095] >> 5;
                (pixels[i], pixels[i + 1], pixels[i + 2]) = ((byte)(x * 240 / Width + speck), (byte)(y * 240 / Height + speck), (byte)((x + y) / 64 + speck));
            }
        }
        return new Image(Width, Height, pixels);
    }
}
