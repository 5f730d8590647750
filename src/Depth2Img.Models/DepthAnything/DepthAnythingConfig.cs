namespace Depth2Img.Models.DepthAnything;

/// <summary>
/// The configuration of a <see cref="DepthAnythingForDepthEstimation"/>, as transformers' DepthAnythingConfig names it
/// and with its defaults, which are those of the small model.
/// </summary>
public sealed record DepthAnythingConfig
{
    /// <summary>The transformer.</summary>
    public required Dinov2Config Backbone { get; init; }

    /// <summary>How much each stage of the neck enlarges the grid of tokens.</summary>
    public IReadOnlyList<double> ReassembleFactors { get; init; } = [4, 2, 1, 0.5];

    /// <summary>Channels of each stage of the neck, finest first.</summary>
    public IReadOnlyList<int> NeckHiddenSizes { get; init; } = [48, 96, 192, 384];

    /// <summary>Channels of the fusion.</summary>
    public int FusionHiddenSize { get; init; } = 64;

    /// <summary>Channels before the last convolution.</summary>
    public int HeadHiddenSize { get; init; } = 32;

    /// <summary>The farthest distance in metres that a metric model tells; null for a model of relative inverse depth.</summary>
    public float? MaxDepth { get; init; }

    /// <summary>Reads a depth model's config.json.</summary>
    /// <exception cref="Depth2ImgException">It is of another class, or a value is impossible or not supported.</exception>
    public static DepthAnythingConfig Read(JsonConfig json)
    {
        ArgumentNullException.ThrowIfNull(json);
        json.RequireClass(["DepthAnythingForDepthEstimation"], "depth_anything");
        json.RequireOnly("backbone", null);
        json.RequireOnly("use_timm_backbone", false);
        json.RequireOnly("head_in_index", -1);
        Dinov2Config backbone = ReadBackbone(json);
        IReadOnlyList<int> neckHiddenSizes = json.Integers("neck_hidden_sizes", [48, 96, 192, 384]);
        if (backbone.OutLayers.Count != neckHiddenSizes.Count)
            throw json.Error("backbone_config.out_features", $"has {backbone.OutLayers.Count} entries, and neck_hidden_sizes has {neckHiddenSizes.Count}");
        if (json.Integer("reassemble_hidden_size", 384) is var reassembled && reassembled != backbone.HiddenSize)
            throw json.Error("reassemble_hidden_size", $"is {reassembled}, and the backbone's hidden_size is {backbone.HiddenSize}");
        if (json.Integer("patch_size", 14) is var patchSize && patchSize != backbone.PatchSize)
            throw json.Error("patch_size", $"is {patchSize}, and the backbone's is {backbone.PatchSize}");
        bool isMetric = json.Choice("depth_estimation_type", "relative", "relative", "metric") == "metric";
        return new DepthAnythingConfig
        {
            Backbone = backbone,
            ReassembleFactors = ReadFactors(json, neckHiddenSizes.Count),
            NeckHiddenSizes = neckHiddenSizes,
            FusionHiddenSize = json.Integer("fusion_hidden_size", 64, min: 2),
            HeadHiddenSize = json.Integer("head_hidden_size", 32),
            MaxDepth = isMetric ? ReadMaxDepth(json) : null,
        };
    }

    private static Dinov2Config ReadBackbone(JsonConfig json)
    {
        const string key = "backbone_config";
        JsonConfig backbone = json.OptionalObject(key) ?? throw json.Error(key, "is missing");
        string type = backbone.Text("model_type", "dinov2");
        return type == "dinov2" ? Dinov2Config.Read(backbone) : throw json.Error(key, $"names a backbone \"{type}\", which is not supported; \"dinov2\" is");
    }

    private static IReadOnlyList<double> ReadFactors(JsonConfig json, int stages)
    {
        const string key = "reassemble_factors";
        IReadOnlyList<double> factors = json.Numbers(key, [4, 2, 1, 0.5]);
        if (factors.Count != stages)
            throw json.Error(key, $"has {factors.Count} entries, and neck_hidden_sizes has {stages}");
        foreach (double factor in factors)
        {
            if (!(factor >= 1.0 / 64 && factor <= 64) || (factor > 1 && factor != Math.Floor(factor)))
                throw json.Error(key, $"has {factor}; a whole number, or one between 0 and 1, was expected");
        }
        return factors;
    }

    private static float ReadMaxDepth(JsonConfig json)
    {
        double depth = json.OptionalNumber("max_depth") ?? 1;
        return depth > 0 && depth <= 1e6 ? (float)depth : throw json.Error("max_depth", $"is {depth}; metres above 0 were expected");
    }
}
