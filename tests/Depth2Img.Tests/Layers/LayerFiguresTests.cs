using System.Globalization;
using Depth2Img.Checkpoints;
using Depth2Img.Compute;
using Depth2Img.Compute.Cpu;
using Depth2Img.Imaging;
using Depth2Img.Layers;
using Depth2Img.Pipelines;
using Depth2Img.TestSupport;
using Xunit.Abstractions;

namespace Depth2Img.Tests.Layers;

/// <summary>What layers of real pictures come to with the demo model. The output has every number of docs/layers.md.</summary>
[Trait("Category", "Slow")]
public sealed class LayerFiguresTests(LayerFiguresTests.Demo demo, ITestOutputHelper output) : IClassFixture<LayerFiguresTests.Demo>
{
    private const int Seeds = 8;

    [Theory]
    [InlineData("photos/pumpkin.jpg", 4.5, "a golden statue", "a marble statue", "snow at night", "grass at sunset")]
    [InlineData("rendered/square.png", 5, "a wooden house on grass", "a marble house on snow", "a blue sky", "at night")]
    public async Task Changing_a_layers_prompt_changes_the_layer_several_times_more_than_the_other(string picture, double leastNear, string near, string otherNear, string far, string otherFar)
    {
        Image image = ImageFile.Load(Repository.Samples(picture)).ToRgb();
        double nearOwn = 0, nearOther = 0, farOwn = 0, farOther = 0, seams = 0;
        double input = 0;
        for (int seed = 1; seed <= Seeds; seed++)
        {
            DepthToImageResult made = await MakeAsync(image, seed, near, far);
            DepthToImageResult changedNear = await MakeAsync(image, seed, otherNear, far), changedFar = await MakeAsync(image, seed, near, otherFar);
            LayerMasks masks = made.Layers!;
            double ofNear = Change(made, changedNear, masks, 0), besideNear = Change(made, changedNear, masks, 1);
            double ofFar = Change(made, changedFar, masks, 1), besideFar = Change(made, changedFar, masks, 0);
            double seam = Seam(made.Images[0], masks);
            input = Seam(image, masks);
            Write($"{picture} seed {seed} | {ofNear:0.00} | {besideNear:0.00} | {ofNear / besideNear:0.0} | {ofFar:0.00} | {besideFar:0.00} | {ofFar / besideFar:0.0} | {seam:0.00}");
            (nearOwn, nearOther, farOwn, farOther, seams) = (nearOwn + ofNear, nearOther + besideNear, farOwn + ofFar, farOther + besideFar, seams + seam / Seeds);
        }
        Write($"{picture} mean | {nearOwn / Seeds:0.00} | {nearOther / Seeds:0.00} | {nearOwn / nearOther:0.0} | {farOwn / Seeds:0.00} | {farOther / Seeds:0.00} | {farOwn / farOther:0.0} | {seams:0.00}, of the input {input:0.00}");
        Assert.True(nearOwn >= leastNear * nearOther, $"near: {nearOwn / nearOther}");
        Assert.True(farOwn >= 5 * farOther, $"far: {farOwn / farOther}");
    }

    [Fact]
    public async Task Where_the_picture_has_no_edge_the_seam_is_no_steeper_than_what_is_around_it()
    {
        Image image = ImageFile.Load(Repository.Samples("rendered/meadow.png")).ToRgb();
        byte[] left = new byte[image.Pixels.Length];
        // Between the car and the right edge there is grass and sky alone.
        for (int i = 0; i < left.Length; i++) left[i] = (byte)(i / 3 % image.Width < image.Width * 4 / 5 ? 255 : 0);
        LayerCut cut = LayerCut.By(new Image(image.Width, image.Height, left));
        double seams = 0;
        for (int seed = 1; seed <= Seeds; seed++)
        {
            DepthToImageResult made = await MakeAsync(image, seed, "grass under a blue sky", "snow under a cloudy sky", cut);
            double seam = Seam(made.Images[0], made.Layers!);
            Write($"meadow, right fifth, seed {seed} | {seam:0.00}");
            seams += seam / Seeds;
        }
        Write($"meadow, right fifth, mean | {seams:0.00}");
        Assert.True(seams <= 1.2, $"{seams}");
    }

    private Task<DepthToImageResult> MakeAsync(Image image, int seed, string near, string far, LayerCut? cut = null) => demo.Pipeline.GenerateAsync(new DepthToImageRequest
    {
        Image = image,
        Prompt = "",
        Seed = seed,
        Layers = new DepthLayers { Layers = [new DepthLayer { Prompt = near }, new DepthLayer { Prompt = far }], Cut = cut ?? LayerCut.Automatic() },
    });

    /// <summary>The mean difference of pixels, weighted by a layer's mask.</summary>
    private static double Change(DepthToImageResult a, DepthToImageResult b, LayerMasks masks, int layer)
    {
        double sum = 0, weights = 0;
        for (int i = 0; i < a.Images[0].Pixels.Length; i++)
        {
            double weight = masks[layer][i / 3];
            sum += weight * Math.Abs(a.Images[0].Pixels[i] - b.Images[0].Pixels[i]);
            weights += weight;
        }
        return sum / weights;
    }

    /// <summary>The mean gradient where the layers run into each other, as a part of that within five times as far.</summary>
    private static double Seam(Image image, LayerMasks masks)
    {
        int width = image.Width, height = image.Height;
        bool[] near = new bool[width * height];
        for (int i = 0; i < near.Length; i++) near[i] = masks[0][i] >= 0.5f;
        double ramp = DepthLayers.DefaultSoftness * Math.Max(width, height);
        float[] along = SoftEdge.Of(near, width, height, ramp), within = SoftEdge.Of(near, width, height, 5 * ramp);
        double seam = 0, around = 0;
        int seams = 0, arounds = 0;
        for (int y = 0; y < height - 1; y++)
        {
            for (int x = 0; x < width - 1; x++)
            {
                int i = y * width + x;
                double gradient = Gradient(image, i);
                if (along[i] is > 0 and < 1) (seam, seams) = (seam + gradient, seams + 1);
                else if (within[i] is > 0 and < 1) (around, arounds) = (around + gradient, arounds + 1);
            }
        }
        return seam / seams / (around / arounds);
    }

    private static double Gradient(Image image, int i)
    {
        double right = 0, down = 0;
        for (int c = 0; c < 3; c++)
        {
            right += (image.Pixels[3 * (i + 1) + c] - image.Pixels[3 * i + c]) / 3.0;
            down += (image.Pixels[3 * (i + image.Width) + c] - image.Pixels[3 * i + c]) / 3.0;
        }
        return Math.Sqrt(right * right + down * down);
    }

    private void Write(FormattableString line) => output.WriteLine(line.ToString(CultureInfo.InvariantCulture));

    /// <summary>The demo in single precision, so that every machine has the same numbers.</summary>
    public sealed class Demo : IDisposable
    {
        private readonly IBackend _backend = CpuBackends.Create(null, Precision.Float32);

        public Demo() => Pipeline = DepthToImagePipeline.LoadAsync(EmbeddedModels.Demo, new PipelineOptions { Backend = _backend }).GetAwaiter().GetResult();

        public DepthToImagePipeline Pipeline { get; }

        public void Dispose()
        {
            Pipeline.Dispose();
            _backend.Dispose();
        }
    }
}
