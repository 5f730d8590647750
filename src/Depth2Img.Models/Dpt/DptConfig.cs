using Depth2Img.Compute;

namespace Depth2Img.Models.Dpt;

/// <summary>The configuration of a <see cref="DptForDepthEstimation"/>, as transformers' DPTConfig names it and with its defaults.</summary>
public sealed record DptConfig
{
    /// <summary>The BiT stages whose results go straight to the neck of a hybrid.</summary>
    internal const int HybridStages = 2;

    /// <summary>More patches a side than any network has; their square is still a number of tokens.</summary>
    private const int MaxGrid = 1024;

    /// <summary>The convolutional backbone of a hybrid; null if the transformer sees the picture itself.</summary>
    public BitConfig? Backbone { get; init; }

    /// <summary>Channels of a token.</summary>
    public int HiddenSize { get; init; } = 768;

    /// <summary>How many transformer layers there are.</summary>
    public int NumHiddenLayers { get; init; } = 12;

    /// <summary>Attention heads; they divide <see cref="HiddenSize"/>.</summary>
    public int NumAttentionHeads { get; init; } = 12;

    /// <summary>Channels between the two layers of a perceptron.</summary>
    public int IntermediateSize { get; init; } = 3072;

    /// <summary>The function of perceptrons and readout.</summary>
    public Activation HiddenAct { get; init; } = Activation.Gelu;

    /// <summary>Added to the variance in every layer normalisation.</summary>
    public float LayerNormEps { get; init; } = 1e-12f;

    /// <summary>The side of the pictures that the position table is for.</summary>
    public int ImageSize { get; init; } = 384;

    /// <summary>The side of the square that a token stands for.</summary>
    public int PatchSize { get; init; } = 16;

    /// <summary>Channels of the picture.</summary>
    public int NumChannels { get; init; } = 3;

    /// <summary>Whether queries, keys and values have biases.</summary>
    public bool QkvBias { get; init; } = true;

    /// <summary>The transformer layers, counted from 0, whose tokens go to the neck, ascending.</summary>
    public IReadOnlyList<int> OutIndices { get; init; } = [2, 5, 8, 11];

    /// <summary>What becomes of the class token.</summary>
    public ReadoutType ReadoutType { get; init; } = ReadoutType.Project;

    /// <summary>How much each stage of the neck enlarges the grid of tokens.</summary>
    public IReadOnlyList<double> ReassembleFactors { get; init; } = [4, 2, 1, 0.5];

    /// <summary>Channels of each stage of the neck, finest first.</summary>
    public IReadOnlyList<int> NeckHiddenSizes { get; init; } = [96, 192, 384, 768];

    /// <summary>Channels of the fusion.</summary>
    public int FusionHiddenSize { get; init; } = 256;

    /// <summary>Whether the convolutions of the fusion's residual units have biases.</summary>
    public bool UseBiasInFusionResidual { get; init; } = true;

    /// <summary>Whether a convolution comes before the head.</summary>
    public bool AddProjection { get; init; }

    internal DptNeckConfig Neck => new()
    {
        HiddenSize = HiddenSize,
        NeckHiddenSizes = NeckHiddenSizes,
        ReassembleFactors = ReassembleFactors,
        PictureStages = Backbone is null ? 0 : HybridStages,
        ReadoutType = ReadoutType,
        ReadoutActivation = HiddenAct,
        FusionHiddenSize = FusionHiddenSize,
        FusionBias = UseBiasInFusionResidual,
    };

    /// <summary>Reads a depth estimator's config.json.</summary>
    /// <exception cref="Depth2ImgException">It is of another class, or a value is impossible or not supported.</exception>
    public static DptConfig Read(JsonConfig json)
    {
        ArgumentNullException.ThrowIfNull(json);
        json.RequireClass(["DPTForDepthEstimation"], "dpt");
        json.RequireOnly("use_batch_norm_in_fusion_residual", false);
        json.RequireOnly("head_in_index", -1);
        json.RequireOnly("backbone", null);
        DptConfig defaults = new();
        bool isHybrid = json.Boolean("is_hybrid", false);
        int hiddenSize = json.Integer("hidden_size", defaults.HiddenSize);
        int heads = json.Integer("num_attention_heads", defaults.NumAttentionHeads);
        if (hiddenSize % heads != 0)
            throw json.Error("num_attention_heads", $"is {heads}, which does not divide hidden_size {hiddenSize}");
        int patchSize = json.Integer("patch_size", defaults.PatchSize);
        int imageSize = json.Integer("image_size", defaults.ImageSize, min: patchSize);
        if (imageSize / patchSize > MaxGrid)
            throw json.Error("image_size", $"is {imageSize}; at most {MaxGrid} times patch_size {patchSize} was expected");
        int numChannels = json.Integer("num_channels", defaults.NumChannels);
        IReadOnlyList<int> neckHiddenSizes = json.Integers("neck_hidden_sizes", defaults.NeckHiddenSizes);
        int layers = json.Integer("num_hidden_layers", defaults.NumHiddenLayers);
        return new DptConfig
        {
            Backbone = ReadBackbone(json, isHybrid, patchSize, numChannels, neckHiddenSizes),
            HiddenSize = hiddenSize,
            NumHiddenLayers = layers,
            NumAttentionHeads = heads,
            IntermediateSize = json.Integer("intermediate_size", defaults.IntermediateSize),
            HiddenAct = json.Choice("hidden_act", "gelu", "gelu", "relu") == "gelu" ? Activation.Gelu : Activation.Relu,
            LayerNormEps = (float)json.Number("layer_norm_eps", defaults.LayerNormEps),
            ImageSize = imageSize,
            PatchSize = patchSize,
            NumChannels = numChannels,
            QkvBias = json.Boolean("qkv_bias", defaults.QkvBias),
            OutIndices = ReadOutIndices(json, isHybrid ? HybridStages : 0, layers, neckHiddenSizes.Count),
            ReadoutType = ReadReadout(json, isHybrid),
            ReassembleFactors = ReadFactors(json, neckHiddenSizes.Count),
            NeckHiddenSizes = neckHiddenSizes,
            FusionHiddenSize = json.Integer("fusion_hidden_size", defaults.FusionHiddenSize, min: 2),
            UseBiasInFusionResidual = !json.Has("use_bias_in_fusion_residual") || json.Boolean("use_bias_in_fusion_residual"),
            AddProjection = json.Boolean("add_projection", defaults.AddProjection),
        };
    }

    private static BitConfig? ReadBackbone(JsonConfig json, bool isHybrid, int patchSize, int numChannels, IReadOnlyList<int> neckHiddenSizes)
    {
        JsonConfig? backboneJson = json.OptionalObject("backbone_config");
        if (!isHybrid)
        {
            if (backboneJson is not null)
                throw json.Error("backbone_config", $"names a backbone \"{backboneJson.Text("model_type", "?")}\", which is supported with is_hybrid only");
            return null;
        }
        BitConfig backbone = backboneJson is null ? new BitConfig() : BitConfig.Read(backboneJson);
        if (backbone.OutStages.Count != HybridStages + 1)
            throw json.Error("backbone_config.out_features", $"has {backbone.OutStages.Count} entries; {HybridStages + 1} were expected");
        if (backbone.NumChannels != numChannels)
            throw json.Error("backbone_config.num_channels", $"is {backbone.NumChannels}, and num_channels is {numChannels}");
        int stride = BitConfig.StrideOf(backbone.OutStages[^1]);
        if (stride != patchSize)
            throw json.Error("patch_size", $"is {patchSize}, and the backbone's last stage has one pixel for {stride}");
        int channels = backbone.StageChannels[backbone.OutStages[^1]];
        if (json.Integers("backbone_featmap_shape", [1, channels, 1, 1]) is var shape && (shape.Count != 4 || shape[1] != channels))
            throw json.Error("backbone_featmap_shape", $"is [{string.Join(", ", shape)}], and the backbone's last stage has {channels} channels");
        if (!json.Integers("neck_ignore_stages", [0, 1], min: 0).Order().SequenceEqual([0, 1]))
            throw json.Error("neck_ignore_stages", "of a hybrid has other entries than 0 and 1, which is not supported");
        for (int i = 0; i < Math.Min(HybridStages, neckHiddenSizes.Count); i++)
        {
            int stage = backbone.StageChannels[backbone.OutStages[i]];
            if (neckHiddenSizes[i] != stage)
                throw json.Error($"neck_hidden_sizes[{i}]", $"is {neckHiddenSizes[i]}, and the backbone's stage has {stage} channels");
        }
        return backbone;
    }

    /// <summary>The list has an entry for every stage of the neck; those that a backbone feeds are there and mean nothing.</summary>
    private static int[] ReadOutIndices(JsonConfig json, int skip, int layers, int stages)
    {
        const string key = "backbone_out_indices";
        IReadOnlyList<int> all = json.Integers(key, new DptConfig().OutIndices, min: 0);
        if (all.Count != stages || stages <= skip)
            throw json.Error(key, $"has {all.Count} entries, and neck_hidden_sizes has {stages}");
        int[] indices = [.. all.Skip(skip)];
        for (int i = 0; i < indices.Length; i++)
        {
            if (indices[i] >= layers || (i > 0 && indices[i] <= indices[i - 1]))
                throw json.Error(key, $"is [{string.Join(", ", all)}]; ascending numbers below num_hidden_layers {layers} were expected");
        }
        return indices;
    }

    private static ReadoutType ReadReadout(JsonConfig json, bool isHybrid)
    {
        // The reference refuses the other two for a hybrid.
        string readout = isHybrid
            ? json.Choice("readout_type", "project", "project")
            : json.Choice("readout_type", "project", "ignore", "add", "project");
        return readout switch
        {
            "ignore" => ReadoutType.Ignore,
            "add" => ReadoutType.Add,
            _ => ReadoutType.Project,
        };
    }

    private static IReadOnlyList<double> ReadFactors(JsonConfig json, int stages)
    {
        const string key = "reassemble_factors";
        IReadOnlyList<double> factors = json.Numbers(key, new DptConfig().ReassembleFactors);
        if (factors.Count != stages)
            throw json.Error(key, $"has {factors.Count} entries, and neck_hidden_sizes has {stages}");
        foreach (double factor in factors)
        {
            if (!(factor >= 1.0 / 64 && factor <= 64) || (factor > 1 && factor != Math.Floor(factor)))
                throw json.Error(key, $"has {factor}; a whole number, or one between 0 and 1, was expected");
        }
        return factors;
    }
}
