using Depth2Img.Adapters;
using Depth2Img.TestSupport;

namespace Depth2Img.Tests.Adapters;

public sealed class AdapterReportTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void A_LoRA_s_report_tells_kind_rank_family_modules_and_header()
    {
        Assert.True(AdapterReport.TryRead(AdapterGolden.File("lora-kohya.safetensors"), out AdapterReport? report));
        Assert.Equal(["LoRA"], report!.Kinds);
        Assert.Equal([4], report.Ranks);
        Assert.Equal((128, 18), (report.UNetModules, report.TextEncoderModules));
        Assert.Contains("40", report.Family, StringComparison.Ordinal);
        Assert.Equal("sd_v2", report.Facts["ss_base_model_version"]);
        Assert.Equal(new FileInfo(AdapterGolden.File("lora-kohya.safetensors")).Length, report.Bytes);
        Assert.Matches("^[0-9a-f]{10}$", report.Hash);
        Assert.Contains("LoRA, rank 4, for a family with text of width 40", report.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void Several_kinds_and_ranks_are_all_told_and_other_families_named()
    {
        AdapterReport mixed = AdapterReport.Read(AdapterGolden.File("lycoris.safetensors"));
        Assert.Equal(["LoCon", "LoHa", "LoRA"], mixed.Kinds.Order(StringComparer.Ordinal));
        string path = new AdapterWriter().Lora("lora_te2_text_model_encoder_layers_0_mlp_fc1", 16, 16).Lora("lora_unet_a", 16, 16, 3)
            .Write(_folder.File("xl.safetensors"), new Dictionary<string, string> { ["modelspec.title"] = "An XL LoRA", ["ss_datasets"] = "long" });
        AdapterReport xl = AdapterReport.Read(path);
        Assert.Equal([2, 3], xl.Ranks);
        Assert.Equal("Stable Diffusion XL", xl.Family);
        Assert.Equal("An XL LoRA", Assert.Single(xl.Facts).Value);
    }

    [Fact]
    public void What_is_no_adapter_gives_no_report()
    {
        Assert.False(AdapterReport.TryRead(AdapterGolden.File("base.safetensors"), out _));
        Assert.False(AdapterReport.TryRead(Repository.Golden("tiny-depth2img"), out _));
        Assert.False(AdapterReport.TryRead(_folder.File("absent"), out _));
    }
}
