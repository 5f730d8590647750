using Depth2Img.Imaging;
using Depth2Img.Pipelines;
using Depth2Img.TestSupport;

namespace Depth2Img.Bench.Options;

/// <summary>How near the pictures of an option are to those of the full run, on the demo model and with the same seeds.</summary>
internal sealed class OptionQuality : IDisposable
{
    public const int Seeds = 8;

    private readonly DepthToImagePipeline _demo = DepthToImagePipeline.LoadAsync(Repository.Models("demo")).GetAwaiter().GetResult();
    private readonly DepthToImageRequest _request;
    private readonly Image[] _full;

    public OptionQuality(int steps)
    {
        _request = new DepthToImageRequest
        {
            Image = ImageFile.Load(Repository.Samples("rendered/houses.png")).ToRgb(),
            Prompt = "a red house and a white house on grass under a blue sky",
            Steps = steps,
            Size = new WorkingSize(256, 256),
            DepthModel = "checkpoint",
        };
        _full = [.. Enumerable.Range(1, Seeds).Select(seed => Make(_request, seed))];
    }

    /// <summary>The mean over the seeds of the peak signal-to-noise ratio against the full run, in dB.</summary>
    public double Psnr(OptionCase option) => Enumerable.Range(0, Seeds).Average(i => Psnr(_full[i], Make(option.Apply(_request), i + 1)));

    public void Dispose() => _demo.Dispose();

    private Image Make(DepthToImageRequest request, int seed) => _demo.GenerateAsync(request with { Seed = seed }).GetAwaiter().GetResult().Images[0];

    private static double Psnr(Image a, Image b)
    {
        double squares = a.Pixels.Zip(b.Pixels, (x, y) => (double)(x - y) * (x - y)).Average();
        return 10 * Math.Log10(255 * 255 / squares);
    }
}
