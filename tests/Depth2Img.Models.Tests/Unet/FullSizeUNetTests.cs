using Depth2Img.Compute;
using Depth2Img.Compute.Checkpoints;
using Depth2Img.Compute.Cpu;
using Depth2Img.Models.Unet;
using Depth2Img.TestSupport;
using Xunit.Abstractions;

namespace Depth2Img.Models.Tests.Unet;

[Collection(FullSize.Name)]
[Trait("Category", "Slow")]
public class FullSizeUNetTests(ITestOutputHelper log)
{
    private static readonly float Sqrt3 = MathF.Sqrt(3);

    [Fact]
    public void Stable_Diffusion_2_depth_s_UNet_agrees_with_diffusers()
    {
        using SafetensorsFile golden = SafetensorsFile.Open(Repository.Golden("full/unet.safetensors"));
        UNet2DConditionConfig config = UNet2DConditionConfig.Read(JsonConfig.Open(Repository.Golden("full/unet-config.json")));
        FormulaWeights weights = FormulaWeights.FromShapes(Repository.Golden("full/unet-shapes.json"));
        using IBackend backend = TestBackends.OpenFastest();
        using UNet2DConditionModel unet = CheckpointScope.Load(weights, backend, scope => new UNet2DConditionModel(scope, config), out IReadOnlyList<string> unused);
        Assert.Empty(unused);
        using IOps ops = backend.OpenSession();
        using Tensor prompt = ops.Upload(FormulaWeights.Uniform("input.context", 77 * 1024, Sqrt3), new Shape(1, 77, 1024));
        using UNetContext context = unet.PrepareContext(ops, prompt);

        AssertAgrees("input.sample.half", 32, 1, "out.half-size.t1");
        AssertAgrees("input.sample", 64, golden["in.timestep"].ToFloats()[0], "out");
        FullSize.AssertPeakMemory(log);

        void AssertAgrees(string input, int side, double timestep, string output)
        {
            using Tensor sample = ops.UploadChannelsFirst(FormulaWeights.Uniform(input, 5 * side * side, Sqrt3), 1, 5, side, side);
            using Tensor result = unet.Forward(ops, sample, timestep, context);
            FullSize.AssertAgrees(golden[output].ToFloats(), ops.DownloadChannelsFirst(result), output, log);
        }
    }

    [Fact]
    public void With_16_bit_products_it_agrees_but_for_their_rounding()
    {
        foreach (CpuTier tier in TestBackends.Narrow)
        {
            using SafetensorsFile golden = SafetensorsFile.Open(Repository.Golden("full/unet.safetensors"));
            UNet2DConditionConfig config = UNet2DConditionConfig.Read(JsonConfig.Open(Repository.Golden("full/unet-config.json")));
            FormulaWeights weights = FormulaWeights.FromShapes(Repository.Golden("full/unet-shapes.json"));
            using IBackend backend = TestBackends.Open(tier.Name());
            using UNet2DConditionModel unet = CheckpointScope.Load(weights, backend, scope => new UNet2DConditionModel(scope, config), out _);
            using IOps ops = backend.OpenSession();
            using Tensor prompt = ops.Upload(FormulaWeights.Uniform("input.context", 77 * 1024, Sqrt3), new Shape(1, 77, 1024));
            using UNetContext context = unet.PrepareContext(ops, prompt);
            using Tensor sample = ops.UploadChannelsFirst(FormulaWeights.Uniform("input.sample.half", 5 * 32 * 32, Sqrt3), 1, 5, 32, 32);
            using Tensor result = unet.Forward(ops, sample, 1, context);
            FullSize.AssertAgreesNarrow(golden["out.half-size.t1"].ToFloats(), ops.DownloadChannelsFirst(result), "half size", log);
        }
    }
}
