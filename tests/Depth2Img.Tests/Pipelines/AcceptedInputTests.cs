using BitMiracle.LibJpeg.Classic;
using Depth2Img.Depth;
using Depth2Img.Imaging;
using Depth2Img.Pipelines;
using Depth2Img.TestSupport;

namespace Depth2Img.Tests.Pipelines;

/// <summary>Unusual inputs that must simply work, or work with a warning that says what was done.</summary>
public sealed class AcceptedInputTests(TinyPipeline tiny) : IClassFixture<TinyPipeline>
{
    private static readonly Image Photo = ImageFile.Load(Repository.Samples("rendered/square.png")).ToRgb();

    private Task<DepthToImageResult> Generate(DepthToImageRequest request) => tiny.Pipeline.GenerateAsync(request);

    private static DepthToImageRequest Request(Image image) => new()
    {
        Image = image,
        Prompt = "a red ball",
        Steps = 3,
        Strength = 0.9,
        Seed = 1,
        MaxSize = 64,
    };

    private static Image Gradient(int width, int height)
    {
        byte[] pixels = new byte[3 * width * height];
        for (int i = 0; i < pixels.Length; i++) pixels[i] = (byte)(i * 37 / 11);
        return new Image(width, height, pixels);
    }

    [Theory]
    [InlineData(3, 5)]
    [InlineData(4000, 20)]
    [InlineData(1, 1)]
    [InlineData(65, 63)]
    public async Task A_picture_of_any_size_gives_one_of_the_same_size(int width, int height)
    {
        DepthToImageResult result = await Generate(Request(Gradient(width, height)));
        Assert.Equal((width, height), (result.Images[0].Width, result.Images[0].Height));
        Assert.Empty(result.Warnings);
    }

    [Fact]
    public async Task A_grayscale_png_and_a_16_bit_png_are_pictures()
    {
        Image gray = ImageFile.Load(Repository.Samples("rendered/square-depth16.png")).ToRgb();
        Assert.Equal(gray.Pixels[0], gray.Pixels[1]);
        Assert.Equal(512, (await Generate(Request(gray))).Images[0].Width);
    }

    [Fact]
    public async Task A_CMYK_jpeg_is_a_picture()
    {
        DecodedImage decoded = ImageFile.Decode(CmykJpeg(40, 24), "cmyk.jpg");
        Image image = decoded.ToRgb();
        // No ink but cyan: red is taken away, green and blue stay.
        Assert.True(image.Pixels[0] < 60 && image.Pixels[1] > 200 && image.Pixels[2] > 200, string.Join(',', image.Pixels[..3]));
        Assert.Equal(40, (await Generate(Request(image))).Images[0].Width);
    }

    [Fact]
    public async Task Transparent_parts_are_seen_on_white_whatever_colour_they_hide()
    {
        Image image = Gradient(64, 64);
        byte[] hidden = [.. image.Pixels];
        byte[] alpha = new byte[64 * 64];
        Array.Fill(alpha, (byte)255, 0, 64 * 32);
        for (int i = 3 * 64 * 32; i < hidden.Length; i++) hidden[i] = 77;
        DepthToImageResult a = await Generate(Request(new Image(64, 64, image.Pixels, alpha)));
        DepthToImageResult b = await Generate(Request(new Image(64, 64, hidden, alpha)));
        Assert.Equal(a.Images[0].Pixels, b.Images[0].Pixels);
    }

    [Fact]
    public async Task An_empty_prompt_is_a_prompt() =>
        Assert.Empty((await Generate(Request(Photo) with { Prompt = "" })).Warnings);

    [Fact]
    public async Task Of_a_prompt_of_2000_words_what_was_cut_is_named()
    {
        string prompt = string.Join(' ', Enumerable.Range(0, 2000).Select(i => i == 1999 ? "lastword" : "ball"));
        DepthToImageResult result = await Generate(Request(Photo) with { Prompt = prompt });
        string warning = Assert.Single(result.Warnings);
        Assert.Contains("cut off", warning, StringComparison.Ordinal);
        Assert.Contains("lastword", warning, StringComparison.Ordinal);
        Assert.True(warning.Length < 500);
    }

    [Fact]
    public async Task One_step_is_enough()
    {
        DepthToImageResult result = await Generate(Request(Photo) with { Steps = 1, Strength = 1 });
        Assert.Empty(result.Warnings);
        Assert.Equal(1, result.Settings.Steps);
    }

    [Fact]
    public async Task Less_than_one_step_is_one_step_with_a_warning()
    {
        DepthToImageResult result = await Generate(Request(Photo) with { Steps = 4, Strength = 0.1 });
        Assert.Contains("less than one step", Assert.Single(result.Warnings), StringComparison.Ordinal);
        Assert.True(result.Settings.Evaluations >= 1);
    }

    [Fact]
    public async Task Strength_0_encodes_and_decodes_and_says_so()
    {
        DepthToImageResult result = await Generate(Request(Photo) with { Strength = 0 });
        Assert.Contains("only encoded and decoded", Assert.Single(result.Warnings), StringComparison.Ordinal);
        Assert.Equal(0, result.Settings.Evaluations);
        DepthToImageResult other = await Generate(Request(Photo) with { Strength = 0, Prompt = "something else" });
        Assert.Equal(result.Images[0].Pixels, other.Images[0].Pixels);
    }

    [Fact]
    public async Task A_depth_map_of_another_size_is_used_as_it_is()
    {
        DepthToImageResult result = await Generate(Request(Photo) with { Depth = Ramp(100, 100) });
        Assert.Empty(result.Warnings);
        Assert.Equal("given", result.Settings.DepthModel);
        Assert.Equal(100, result.Depth.Width);
    }

    [Fact]
    public async Task A_depth_map_of_another_aspect_is_fitted_with_a_warning()
    {
        DepthToImageResult result = await Generate(Request(Photo) with { Depth = Ramp(200, 100) });
        Assert.Contains("another aspect", Assert.Single(result.Warnings), StringComparison.Ordinal);
        Assert.Equal((100, 100), (result.Depth.Width, result.Depth.Height));
    }

    [Fact]
    public async Task A_flat_depth_map_means_no_depth_and_is_said()
    {
        DepthMap flat = new(8, 8, [.. Enumerable.Repeat(7f, 64)]);
        DepthToImageResult result = await Generate(Request(Photo) with { Depth = flat });
        Assert.Contains("all one value", Assert.Single(result.Warnings), StringComparison.Ordinal);
        DepthMap other = new(8, 8, new float[64]);
        Assert.Equal(result.Images[0].Pixels, (await Generate(Request(Photo) with { Depth = other })).Images[0].Pixels);
    }

    [Fact]
    public async Task An_inverted_map_is_the_same_as_the_inverse_map()
    {
        DepthMap ramp = Ramp(64, 64);
        DepthToImageResult a = await Generate(Request(Photo) with { Depth = ramp, DepthAdjustment = new DepthAdjustment(Invert: true) });
        DepthToImageResult b = await Generate(Request(Photo) with { Depth = new DepthMap(64, 64, [.. ramp.Values.Select(v => 1 - v)]) });
        DepthToImageResult c = await Generate(Request(Photo) with { Depth = ramp });
        Assert.True(MeanDifference(a.Images[0], b.Images[0]) < 0.5);
        Assert.True(MeanDifference(a.Images[0], c.Images[0]) > MeanDifference(a.Images[0], b.Images[0]));
    }

    [Fact]
    public async Task From_noise_the_colours_of_the_picture_have_no_part()
    {
        DepthToImageRequest request = Request(Photo) with { Strength = 1, Init = InitialLatents.Noise, Depth = Ramp(64, 64) };
        Image inverse = new(Photo.Width, Photo.Height, [.. Photo.Pixels.Select(p => (byte)(255 - p))]);
        Assert.Equal((await Generate(request)).Images[0].Pixels, (await Generate(request with { Image = inverse })).Images[0].Pixels);
        DepthToImageRequest image = request with { Init = InitialLatents.Image };
        Assert.NotEqual((await Generate(image)).Images[0].Pixels, (await Generate(image with { Image = inverse })).Images[0].Pixels);
    }

    [Fact]
    public async Task A_working_size_of_another_aspect_is_said_and_undone()
    {
        DepthToImageResult result = await Generate(Request(Gradient(80, 40)) with { MaxSize = null, Size = new WorkingSize(64, 64) });
        Assert.Contains("stretched", Assert.Single(result.Warnings), StringComparison.Ordinal);
        Assert.Equal((80, 40), (result.Images[0].Width, result.Images[0].Height));
    }

    [Fact]
    public async Task Progress_counts_every_evaluation_and_never_goes_back()
    {
        List<GenerationProgress> reports = [];
        await tiny.Pipeline.GenerateAsync(Request(Photo) with { Count = 2 }, new Collector(reports));
        Assert.Equal(reports.Max(r => r.Steps), reports[^1].Step);
        Assert.Equal(reports.Select(r => r.Step).Order(), reports.Select(r => r.Step));
        Assert.Equal([GenerationStage.Encoding, GenerationStage.Depth, GenerationStage.Denoising, GenerationStage.Decoding], reports.Select(r => r.Stage).Distinct());
    }

    [Fact]
    public async Task A_cancelled_request_ends_in_the_middle()
    {
        using CancellationTokenSource source = new();
        int seen = 0;
        Collector collector = new([], r =>
        {
            seen = r.Step;
            if (r.Step == 2) source.Cancel();
        });
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => tiny.Pipeline.GenerateAsync(Request(Photo) with { Steps = 50, Strength = 1 }, collector, source.Token));
        Assert.InRange(seen, 2, 3);
    }

    [Fact]
    public async Task Requests_side_by_side_give_what_they_give_alone()
    {
        DepthToImageRequest[] requests = [.. Enumerable.Range(0, 4).Select(i => Request(Photo) with { Seed = i })];
        Image[] alone = [.. requests.Select(r => Generate(r).GetAwaiter().GetResult().Images[0])];
        DepthToImageResult[] together = await Task.WhenAll(requests.Select(Generate));
        for (int i = 0; i < alone.Length; i++) Assert.Equal(alone[i].Pixels, together[i].Images[0].Pixels);
    }

    [Fact]
    public async Task Every_fault_of_a_request_is_told_at_once()
    {
        InvalidRequestException e = await Assert.ThrowsAsync<InvalidRequestException>(() => Generate(Request(Photo) with { Strength = 2, Steps = 0, Scheduler = "nope" }));
        Assert.Equal(["Strength", "Steps", "Scheduler"], e.Faults.Select(f => f.Property));
    }

    private static DepthMap Ramp(int width, int height) =>
        new(width, height, [.. Enumerable.Range(0, width * height).Select(i => (float)(i % width) / (width - 1))]);

    private static double MeanDifference(Image a, Image b) => a.Pixels.Zip(b.Pixels, (x, y) => Math.Abs(x - y)).Average();

    /// <summary>A picture of cyan ink alone, written as Adobe's programs do: CMYK with inverted values and an Adobe marker.</summary>
    private static byte[] CmykJpeg(int width, int height)
    {
        using MemoryStream stream = new();
        jpeg_compress_struct compress = new();
        compress.jpeg_stdio_dest(stream);
        compress.Image_width = width;
        compress.Image_height = height;
        compress.Input_components = 4;
        compress.In_color_space = J_COLOR_SPACE.JCS_CMYK;
        compress.jpeg_set_defaults();
        compress.jpeg_set_colorspace(J_COLOR_SPACE.JCS_CMYK);
        compress.jpeg_set_quality(95, true);
        compress.Write_Adobe_marker = true;
        compress.jpeg_start_compress(true);
        byte[] row = new byte[4 * width];
        for (int x = 0; x < width; x++) new byte[] { 0, 255, 255, 255 }.CopyTo(row, 4 * x);
        for (int y = 0; y < height; y++) compress.jpeg_write_scanlines([row], 1);
        compress.jpeg_finish_compress();
        return stream.ToArray();
    }

    private sealed class Collector(List<GenerationProgress> reports, Action<GenerationProgress>? also = null) : IProgress<GenerationProgress>
    {
        public void Report(GenerationProgress value)
        {
            reports.Add(value);
            also?.Invoke(value);
        }
    }
}

/// <summary>The tiny checkpoint, loaded once.</summary>
public sealed class TinyPipeline : IDisposable
{
    public DepthToImagePipeline Pipeline { get; } = DepthToImagePipeline.LoadAsync(Repository.Golden("tiny-depth2img")).GetAwaiter().GetResult();

    public void Dispose() => Pipeline.Dispose();
}
