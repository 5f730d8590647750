using System.Text.Json.Nodes;
using Depth2Img.Compute.Checkpoints;

namespace Depth2Img.TestSupport;

/// <summary>
/// A text-to-image checkpoint and a ControlNet that fits it, made of the tiny depth-to-image checkpoint: the UNet
/// without its depth channel; and, as such networks begin their training, a copy of its down path and middle. What the
/// tiny checkpoint does not have is by the formula of <see cref="FormulaWeights"/>.
/// </summary>
internal static class TinyControlNet
{
    private static readonly int[] Hint = [8, 16, 24, 32];
    private static readonly int[] Residuals = [16, 16, 16, 32, 32, 32, 32, 32];

    private static string Template => Repository.Golden("tiny-depth2img");

    /// <summary>The UNet's configuration, of 4 channels.</summary>
    public static JsonNode UnetConfig
    {
        get
        {
            JsonNode config = JsonNode.Parse(File.ReadAllText(Path.Combine(Template, "unet", "config.json")))!;
            config["in_channels"] = 4;
            return config;
        }
    }

    /// <summary>The ControlNet's configuration.</summary>
    public static JsonNode Config
    {
        get
        {
            JsonNode config = UnetConfig;
            config["_class_name"] = "ControlNetModel";
            config["conditioning_embedding_out_channels"] = new JsonArray([.. Hint.Select(c => JsonValue.Create(c))]);
            config.AsObject().Remove("up_block_types");
            config.AsObject().Remove("out_channels");
            return config;
        }
    }

    /// <summary>The UNet's weights.</summary>
    public static List<WeightTensor> UnetWeights()
    {
        using SafetensorsFile file = SafetensorsFile.Open(Path.Combine(Template, "unet", "diffusion_pytorch_model.safetensors"));
        return [.. file.Names.Select(name => name == "conv_in.weight" ? WithoutLastChannel(file[name]) : WeightTensor.FromFloats(name, file[name].Dimensions, file[name].ToFloats()))];
    }

    /// <summary>The ControlNet's weights.</summary>
    public static List<WeightTensor> Weights()
    {
        string[] copied = ["conv_in.", "time_embedding.", "down_blocks.", "mid_block."];
        Dictionary<string, int[]> own = [];
        void Add(string name, int inChannels, int outChannels, int kernel)
        {
            own[$"{name}.weight"] = [outChannels, inChannels, kernel, kernel];
            own[$"{name}.bias"] = [outChannels];
        }

        Add("controlnet_cond_embedding.conv_in", 3, Hint[0], 3);
        for (int i = 0; i < 3; i++)
        {
            Add($"controlnet_cond_embedding.blocks.{2 * i}", Hint[i], Hint[i], 3);
            Add($"controlnet_cond_embedding.blocks.{2 * i + 1}", Hint[i], Hint[i + 1], 3);
        }
        Add("controlnet_cond_embedding.conv_out", Hint[3], 16, 3);
        for (int i = 0; i < Residuals.Length; i++) Add($"controlnet_down_blocks.{i}", Residuals[i], Residuals[i], 1);
        Add("controlnet_mid_block", 32, 32, 1);
        FormulaWeights formula = new("a tiny ControlNet", own);
        return [.. UnetWeights().Where(tensor => copied.Any(prefix => tensor.Name.StartsWith(prefix, StringComparison.Ordinal))), .. own.Keys.Select(name => formula[name])];
    }

    /// <summary>Writes the ControlNet as a folder in diffusers' layout.</summary>
    public static string WriteFolder(string folder, Action<JsonNode>? change = null)
    {
        Directory.CreateDirectory(folder);
        JsonNode config = Config;
        change?.Invoke(config);
        File.WriteAllText(Path.Combine(folder, "config.json"), config.ToJsonString());
        SafetensorsWriter.Write(Path.Combine(folder, "diffusion_pytorch_model.safetensors"), Weights());
        return folder;
    }

    /// <summary>Writes the text-to-image checkpoint, without a depth network.</summary>
    public static string WriteCheckpoint(string folder)
    {
        foreach (string file in Directory.EnumerateFiles(Template, "*", SearchOption.AllDirectories))
        {
            string relative = Path.GetRelativePath(Template, file);
            if (relative.StartsWith("depth_estimator", StringComparison.Ordinal) || relative.StartsWith("feature_extractor", StringComparison.Ordinal)) continue;
            string copy = Path.Combine(folder, relative);
            Directory.CreateDirectory(Path.GetDirectoryName(copy)!);
            if (!relative.StartsWith("unet", StringComparison.Ordinal)) File.Copy(file, copy);
        }
        File.WriteAllText(Path.Combine(folder, "unet", "config.json"), UnetConfig.ToJsonString());
        SafetensorsWriter.Write(Path.Combine(folder, "unet", "diffusion_pytorch_model.safetensors"), UnetWeights());
        return folder;
    }

    private static WeightTensor WithoutLastChannel(WeightTensor filters)
    {
        int[] sizes = filters.Dimensions.ToArray();
        int filter = sizes[2] * sizes[3];
        float[] values = filters.ToFloats();
        float[] kept = [.. Enumerable.Range(0, sizes[0]).SelectMany(o => values.Skip(o * sizes[1] * filter).Take((sizes[1] - 1) * filter))];
        return WeightTensor.FromFloats(filters.Name, [sizes[0], sizes[1] - 1, sizes[2], sizes[3]], kept);
    }
}
