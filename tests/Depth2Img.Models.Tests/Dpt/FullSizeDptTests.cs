using Depth2Img.Compute;
using Depth2Img.Compute.Checkpoints;
using Depth2Img.Models.Dpt;
using Depth2Img.TestSupport;
using Xunit.Abstractions;

namespace Depth2Img.Models.Tests.Dpt;

[Collection(FullSize.Name)]
[Trait("Category", "Slow")]
public class FullSizeDptTests(ITestOutputHelper log)
{
    [Fact]
    public void Stable_Diffusion_2_depth_s_DPT_agrees_with_transformers()
    {
        using SafetensorsFile golden = SafetensorsFile.Open(Repository.Golden("full/depth.safetensors"));
        DptConfig config = DptConfig.Read(JsonConfig.Open(Repository.Golden("full/depth-config.json")));
        FormulaWeights weights = FormulaWeights.FromShapes(Repository.Golden("full/depth-shapes.json"));
        using IBackend backend = TestBackends.OpenFastest();
        using DptForDepthEstimation dpt = CheckpointScope.Load(weights, backend, scope => new DptForDepthEstimation(scope, config), out IReadOnlyList<string> unused);
        Assert.Empty(unused);
        using IOps ops = backend.OpenSession();
        float[] values = [.. FormulaWeights.Uniform("input.pixels", 3 * 384 * 384, MathF.Sqrt(3)).Select(value => Math.Clamp(value, -1, 1))];
        using Tensor pixels = ops.UploadChannelsFirst(values, 1, 3, 384, 384);

        using Tensor depth = dpt.Forward(ops, pixels);

        FullSize.AssertAgrees(golden["out.predicted_depth"].ToFloats(), ops.DownloadAll(depth), "predicted_depth", log);
        FullSize.AssertPeakMemory(log);
    }
}
