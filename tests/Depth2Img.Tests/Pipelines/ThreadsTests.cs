using Depth2Img.Compute.Cpu;
using Depth2Img.Depth;
using Depth2Img.Imaging;
using Depth2Img.Pipelines;
using Depth2Img.TestSupport;

namespace Depth2Img.Tests.Pipelines;

/// <summary>A whole run on every tier of this machine, 16-bit ones included.</summary>
public class ThreadsTests
{
    public static TheoryData<string> Tiers => new(CpuTiers.Available.Select(tier => tier.Name()));

    [Theory]
    [MemberData(nameof(Tiers))]
    public async Task The_latents_are_the_same_bits_with_any_number_of_threads(string tier)
    {
        float[]? first = null;
        foreach (int threads in new[] { 1, 2, 3, 5 })
        {
            using CpuBackend backend = new(new CpuBackendOptions { Tier = CpuTiers.Parse(tier), Threads = threads });
            using DepthToImagePipeline pipeline = await DepthToImagePipeline.LoadAsync(Repository.Golden("tiny-depth2img"), new PipelineOptions { Backend = backend });
            float[] latents = pipeline.Denoise(
                new DepthToImageRequest
                {
                    Image = ImageFile.Load(Repository.Samples("rendered/square.png")).ToRgb(),
                    Prompt = "a red ball",
                    Steps = 3,
                    Strength = 1,
                    Guidance = 4,
                    Seed = 1,
                    MaxSize = 128,
                    Depth = new DepthMap(4, 4, [.. Enumerable.Range(0, 16).Select(i => (float)i)]),
                },
                null,
                CancellationToken.None).Latents;
            first ??= latents;
            Assert.Equal(first.Select(BitConverter.SingleToInt32Bits), latents.Select(BitConverter.SingleToInt32Bits));
        }
    }
}
