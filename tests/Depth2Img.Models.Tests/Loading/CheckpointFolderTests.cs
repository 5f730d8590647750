using Depth2Img.Compute.Checkpoints;
using Depth2Img.Compute.Reference;
using Depth2Img.Models.Clip;
using Depth2Img.Models.Unet;
using Depth2Img.TestSupport;

namespace Depth2Img.Models.Tests.Loading;

/// <summary>Whole checkpoint folders, in single and in half precision, as other programs wrote them.</summary>
public class CheckpointFolderTests
{
    [Theory]
    [InlineData("tests/Golden/tiny-depth2img")]
    [InlineData("models/demo")]
    public void A_text_encoder_loads_and_uses_every_tensor(string folder)
    {
        ClipTextConfig config = ClipTextConfig.Read(JsonConfig.Open(Path.Combine(Repository.Root, folder, "text_encoder", "config.json")));
        using SafetensorsFile file = SafetensorsFile.Open(Path.Combine(Repository.Root, folder, "text_encoder", "model.safetensors"));
        using ReferenceBackend backend = new();

        using ClipTextModel model = CheckpointScope.Load(file, backend, scope => new ClipTextModel(scope, config), out IReadOnlyList<string> unused);

        Assert.Empty(unused);
    }

    [Theory]
    [InlineData("tests/Golden/tiny-depth2img")]
    [InlineData("models/demo")]
    public void A_UNet_loads_and_uses_every_tensor(string folder)
    {
        UNet2DConditionConfig config = UNet2DConditionConfig.Read(JsonConfig.Open(Path.Combine(Repository.Root, folder, "unet", "config.json")));
        using SafetensorsFile file = SafetensorsFile.Open(Path.Combine(Repository.Root, folder, "unet", "diffusion_pytorch_model.safetensors"));
        using ReferenceBackend backend = new();

        using UNet2DConditionModel unet = CheckpointScope.Load(file, backend, scope => new UNet2DConditionModel(scope, config), out IReadOnlyList<string> unused);

        Assert.Empty(unused);
        Assert.Equal(5, unet.Config.InChannels);
    }
}
