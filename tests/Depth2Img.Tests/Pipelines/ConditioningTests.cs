using Depth2Img.Checkpoints;
using Depth2Img.Composition;
using Depth2Img.Compute.Cpu;
using Depth2Img.Depth;
using Depth2Img.Imaging;
using Depth2Img.Pipelines;
using Depth2Img.TestSupport;
using Xunit.Abstractions;

namespace Depth2Img.Tests.Pipelines;

/// <summary>The three things that a picture is made of, each alone: prompt, picture and depth map.</summary>
public sealed class ConditioningTests(TinyPipeline tiny, ITestOutputHelper output) : IClassFixture<TinyPipeline>
{
    private static readonly Image Square = Load("square"), Room = Load("room");

    private static readonly DepthMap Slope = new(8, 8, [.. Enumerable.Range(0, 64).Select(i => (float)(i / 8))]);

    private static readonly DepthToImageRequest Plain = new()
    {
        Image = Square,
        Prompt = "a red ball",
        Depth = Slope,
        Steps = 4,
        Strength = 0.8,
        Seed = 1,
        MaxSize = 64,
    };

    [Fact]
    public async Task Each_alone_changes_the_result()
    {
        byte[] plain = await Pixels(Plain);
        Assert.Equal(plain, await Pixels(Plain));
        Assert.NotEqual(plain, await Pixels(Plain with { Prompt = "a blue cube" }));
        Assert.NotEqual(plain, await Pixels(Plain with { Image = Room }));
        Assert.NotEqual(plain, await Pixels(Plain with { Depth = Slope.Invert() }));
    }

    [Fact]
    public async Task From_pure_noise_the_picture_itself_changes_nothing_and_prompt_and_map_still_do()
    {
        DepthToImageRequest noise = Plain with { Strength = 1, Init = InitialLatents.Noise };
        byte[] plain = await Pixels(noise);
        Assert.Equal(plain, await Pixels(noise with { Image = Room }));
        Assert.NotEqual(plain, await Pixels(noise with { Prompt = "a blue cube" }));
        Assert.NotEqual(plain, await Pixels(noise with { Depth = Slope.Invert() }));
        // From the noised picture a trace of it remains.
        Assert.NotEqual(await Pixels(Plain with { Strength = 1 }), await Pixels(Plain with { Strength = 1, Image = Room }));
    }

    [Fact]
    public async Task A_swapped_map_moves_the_composition_to_that_map()
    {
        using CpuBackend backend = new(new CpuBackendOptions { Tier = CpuTiers.BestFloat32 });
        using DepthToImagePipeline demo = await DepthToImagePipeline.LoadAsync(EmbeddedModels.Demo, new PipelineOptions { Backend = backend });
        string[] names = ["meadow", "room"];
        Image[] images = [.. names.Select(Load)];
        DepthMap[] truths = [.. names.Select(name => DepthMapFile.Load(Repository.Samples($"rendered/{name}-depth16.png")))];
        CompositionScorer[] scorers = [.. images.Select(image => new CompositionScorer(image, demo.Estimators.Get("tiefenrausch")))];

        // The picture is always the meadow; the map is its own, or the room's.
        CompositionScore[,] scores = new CompositionScore[2, 2];
        for (int map = 0; map < 2; map++)
        {
            List<Image> made = [];
            for (int seed = 1; seed <= 2; seed++)
            {
                DepthToImageRequest request = new() { Image = images[0], Prompt = "a photo of a marble statue", Depth = truths[map], Strength = 1, Init = InitialLatents.Noise, Seed = seed };
                made.AddRange((await demo.GenerateAsync(request)).Images);
            }
            for (int of = 0; of < 2; of++)
            {
                scores[map, of] = CompositionScore.Mean([.. made.Select(image => scorers[of].Score(image))]);
                output.WriteLine($"map of {names[map]}, held against {names[of]}: {scores[map, of]}");
            }
        }
        // Edges tell the two apart; what a depth network sees of the demo's soft pictures is mostly ground and sky, which both have.
        for (int of = 0; of < 2; of++)
            Assert.True(scores[of, of].Edges > scores[1 - of, of].Edges + 0.02, $"edges of {names[of]}");
    }

    private static Image Load(string name) => ImageFile.Load(Repository.Samples($"rendered/{name}.png")).ToRgb();

    private async Task<byte[]> Pixels(DepthToImageRequest request) => (await tiny.Pipeline.GenerateAsync(request)).Images[0].Pixels;
}
