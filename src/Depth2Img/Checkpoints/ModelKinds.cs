using System.Text.Json;
using Depth2Img.Hub;
using Depth2Img.Models;

namespace Depth2Img.Checkpoints;

/// <summary>Tells what a folder is for by its configurations.</summary>
internal static class ModelKinds
{
    private const int TextUnetChannels = 4;
    private const int DepthUnetChannels = 5;

    /// <summary>What a folder is for.</summary>
    /// <param name="folder">The folder.</param>
    /// <param name="name">What it is called: a ControlNet's files do not say what it was trained on.</param>
    public static ModelKind Of(string folder, string name)
    {
        try
        {
            if (LinkedFile.Exists(Path.Combine(folder, FileSelection.PipelineIndex))) return OfPipeline(folder);
            string config = Path.Combine(folder, "config.json");
            if (LinkedFile.Exists(config)) return OfNetwork(JsonFile.ReadObject(config), name);
            return name == EmbeddedModels.TiefenrauschName ? ModelKind.DepthNetwork : ModelKind.Other;
        }
        catch (Depth2ImgException)
        {
            // Other programs' models lie in the same cache, in whatever state.
            return ModelKind.Other;
        }
    }

    private static ModelKind OfPipeline(string folder)
    {
        CheckpointFolder checkpoint = CheckpointFolder.Open(folder);
        string unet = Path.Combine(checkpoint.FolderOf("unet"), "config.json");
        if (!LinkedFile.Exists(unet))
            return checkpoint.PipelineClass == "StableDiffusionDepth2ImgPipeline" ? ModelKind.DepthToImage : ModelKind.OtherPipeline;
        JsonConfig config = JsonConfig.Open(unet);
        if (config.OptionalText("addition_embed_type") is not null || config.OptionalText("class_embed_type") is not null) return ModelKind.OtherPipeline;
        return config.Integer("in_channels", TextUnetChannels) switch
        {
            DepthUnetChannels => ModelKind.DepthToImage,
            TextUnetChannels => ModelKind.TextToImage,
            _ => ModelKind.OtherPipeline,
        };
    }

    private static ModelKind OfNetwork(JsonElement config, string name)
    {
        if (config.TryGetProperty("_class_name", out JsonElement className) && className.ValueKind == JsonValueKind.String && className.GetString() == "ControlNetModel")
            return name.Contains("depth", StringComparison.OrdinalIgnoreCase) ? ModelKind.DepthControlNet : ModelKind.ControlNet;
        bool depth = config.TryGetProperty("architectures", out JsonElement architectures) && architectures.ValueKind == JsonValueKind.Array
            && architectures.EnumerateArray().Any(a => a.ValueKind == JsonValueKind.String && a.GetString() is "DPTForDepthEstimation" or "DepthAnythingForDepthEstimation");
        return depth ? ModelKind.DepthNetwork : ModelKind.Other;
    }
}
