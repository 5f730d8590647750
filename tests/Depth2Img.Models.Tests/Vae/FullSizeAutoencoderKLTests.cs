using Depth2Img.Compute;
using Depth2Img.Compute.Checkpoints;
using Depth2Img.Compute.Cpu;
using Depth2Img.Models.Vae;
using Depth2Img.TestSupport;
using Xunit.Abstractions;

namespace Depth2Img.Models.Tests.Vae;

[Collection(FullSize.Name)]
[Trait("Category", "Slow")]
public class FullSizeAutoencoderKLTests(ITestOutputHelper log)
{
    private static readonly float Sqrt3 = MathF.Sqrt(3);

    [Fact]
    public void Stable_Diffusion_2_s_autoencoder_agrees_with_diffusers()
    {
        using SafetensorsFile golden = SafetensorsFile.Open(Repository.Golden("full/vae.safetensors"));
        AutoencoderKLConfig config = AutoencoderKLConfig.Read(JsonConfig.Open(Repository.Golden("full/vae-config.json")));
        FormulaWeights weights = FormulaWeights.FromShapes(Repository.Golden("full/vae-shapes.json"));
        using IBackend backend = TestBackends.OpenFastest();
        using AutoencoderKL vae = CheckpointScope.Load(weights, backend, scope => new AutoencoderKL(scope, config), out IReadOnlyList<string> unused);
        Assert.Empty(unused);
        using IOps ops = backend.OpenSession();
        float[] pixels = [.. FormulaWeights.Uniform("input.image", 3 * 256 * 256, Sqrt3).Select(value => Math.Clamp(value, -1, 1))];
        using Tensor image = ops.UploadChannelsFirst(pixels, 1, 3, 256, 256);
        using Tensor latents = ops.UploadChannelsFirst(FormulaWeights.Uniform("input.latent", 4 * 32 * 32, Sqrt3), 1, 4, 32, 32);

        LatentPosterior posterior = vae.Encode(ops, image);
        using Tensor decoded = vae.Decode(ops, latents);

        FullSize.AssertAgrees(golden["out.mean"].ToFloats(), posterior.Mean.ToArray(), "mean", log);
        FullSize.AssertAgrees(golden["out.logvar"].ToFloats(), posterior.LogVariance.ToArray(), "logvar", log);
        FullSize.AssertAgrees(golden["out.image"].ToFloats(), ops.DownloadChannelsFirst(decoded), "image", log);
        FullSize.AssertAgrees(ops.DownloadAll(decoded), new TiledDecoder(vae, tileLatents: 16).Decode(ops, latents), "tiled image", log);
        FullSize.AssertPeakMemory(log);
    }

    [Fact]
    public void With_16_bit_products_it_agrees_but_for_their_rounding()
    {
        foreach (CpuTier tier in TestBackends.Narrow)
        {
            using SafetensorsFile golden = SafetensorsFile.Open(Repository.Golden("full/vae.safetensors"));
            AutoencoderKLConfig config = AutoencoderKLConfig.Read(JsonConfig.Open(Repository.Golden("full/vae-config.json")));
            FormulaWeights weights = FormulaWeights.FromShapes(Repository.Golden("full/vae-shapes.json"));
            using IBackend backend = TestBackends.Open(tier.Name());
            using AutoencoderKL vae = CheckpointScope.Load(weights, backend, scope => new AutoencoderKL(scope, config), out _);
            using IOps ops = backend.OpenSession();
            using Tensor latents = ops.UploadChannelsFirst(FormulaWeights.Uniform("input.latent", 4 * 32 * 32, Sqrt3), 1, 4, 32, 32);
            using Tensor decoded = vae.Decode(ops, latents);
            FullSize.AssertAgreesNarrow(golden["out.image"].ToFloats(), ops.DownloadChannelsFirst(decoded), "image", log);
        }
    }
}
