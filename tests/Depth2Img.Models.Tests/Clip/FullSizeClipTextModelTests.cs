using Depth2Img.Compute;
using Depth2Img.Compute.Checkpoints;
using Depth2Img.Compute.Cpu;
using Depth2Img.Models.Clip;
using Depth2Img.TestSupport;
using Xunit.Abstractions;

namespace Depth2Img.Models.Tests.Clip;

[Collection(FullSize.Name)]
[Trait("Category", "Slow")]
public class FullSizeClipTextModelTests(ITestOutputHelper log)
{
    [Fact]
    public void Stable_Diffusion_2_s_text_encoder_agrees_with_transformers()
    {
        using SafetensorsFile golden = SafetensorsFile.Open(Repository.Golden("full/text.safetensors"));
        ClipTextConfig config = ClipTextConfig.Read(JsonConfig.Open(Repository.Golden("full/text-config.json")));
        FormulaWeights weights = FormulaWeights.FromShapes(Repository.Golden("full/text-shapes.json"));
        using IBackend backend = TestBackends.OpenFastest();
        using ClipTextModel model = CheckpointScope.Load(weights, backend, scope => new ClipTextModel(scope, config), out IReadOnlyList<string> unused);
        using IOps ops = backend.OpenSession();
        int[] ids = [.. golden["in.ids"].ToFloats().Select(id => (int)id)];

        using Tensor output = model.Forward(ops, ids, 1);

        Assert.Empty(unused);
        FullSize.AssertAgrees(golden["out"].ToFloats(), ops.DownloadAll(output), "out", log);
        FullSize.AssertPeakMemory(log);
    }

    [Fact]
    public void With_16_bit_products_it_agrees_but_for_their_rounding()
    {
        foreach (CpuTier tier in TestBackends.Narrow)
        {
            using SafetensorsFile golden = SafetensorsFile.Open(Repository.Golden("full/text.safetensors"));
            ClipTextConfig config = ClipTextConfig.Read(JsonConfig.Open(Repository.Golden("full/text-config.json")));
            FormulaWeights weights = FormulaWeights.FromShapes(Repository.Golden("full/text-shapes.json"));
            using IBackend backend = TestBackends.Open(tier.Name());
            using ClipTextModel model = CheckpointScope.Load(weights, backend, scope => new ClipTextModel(scope, config), out _);
            using IOps ops = backend.OpenSession();
            using Tensor output = model.Forward(ops, [.. golden["in.ids"].ToFloats().Select(id => (int)id)], 1);
            FullSize.AssertAgreesNarrow(golden["out"].ToFloats(), ops.DownloadAll(output), "out", log);
        }
    }
}
