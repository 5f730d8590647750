using System.Globalization;

namespace Depth2Img.Models.DepthAnything;

/// <summary>The configuration of a <see cref="Dinov2Backbone"/>, as transformers' Dinov2Config names it and with its defaults.</summary>
public sealed record Dinov2Config
{
    /// <summary>More patches a side than any network has; their square is still a number of tokens.</summary>
    private const int MaxGrid = 1024;

    /// <summary>Channels of a token.</summary>
    public int HiddenSize { get; init; } = 768;

    /// <summary>How many transformer layers there are.</summary>
    public int NumHiddenLayers { get; init; } = 12;

    /// <summary>Attention heads; they divide <see cref="HiddenSize"/>.</summary>
    public int NumAttentionHeads { get; init; } = 12;

    /// <summary>Channels between the two layers of a perceptron.</summary>
    public int IntermediateSize { get; init; } = 4 * 768;

    /// <summary>Added to the variance in every layer normalisation.</summary>
    public float LayerNormEps { get; init; } = 1e-6f;

    /// <summary>The side of the pictures that the position table is for.</summary>
    public int ImageSize { get; init; } = 224;

    /// <summary>The side of the square that a token stands for.</summary>
    public int PatchSize { get; init; } = 14;

    /// <summary>Channels of the picture.</summary>
    public int NumChannels { get; init; } = 3;

    /// <summary>Whether queries, keys and values have biases.</summary>
    public bool QkvBias { get; init; } = true;

    /// <summary>The layers, counted from 1, after which tokens are wanted, ascending.</summary>
    public IReadOnlyList<int> OutLayers { get; init; } = [12];

    /// <summary>Whether the final normalisation is applied to what is wanted.</summary>
    public bool ApplyLayernorm { get; init; } = true;

    /// <summary>Patches a side of the position table.</summary>
    internal int Grid => ImageSize / PatchSize;

    /// <summary>Reads a `backbone_config`.</summary>
    /// <exception cref="Depth2ImgException">It is of another class, or a value is impossible or not supported.</exception>
    public static Dinov2Config Read(JsonConfig json)
    {
        ArgumentNullException.ThrowIfNull(json);
        json.RequireClass(["Dinov2Backbone", "Dinov2Model"], "dinov2");
        json.RequireOnly("hidden_act", "gelu");
        json.RequireOnly("use_swiglu_ffn", false);
        json.RequireOnly("reshape_hidden_states", false);
        Dinov2Config defaults = new();
        int hiddenSize = json.Integer("hidden_size", defaults.HiddenSize);
        int heads = json.Integer("num_attention_heads", defaults.NumAttentionHeads);
        if (hiddenSize % heads != 0)
            throw json.Error("num_attention_heads", $"is {heads}, which does not divide hidden_size {hiddenSize}");
        int patchSize = json.Integer("patch_size", defaults.PatchSize);
        int imageSize = json.Integer("image_size", defaults.ImageSize, min: patchSize);
        if (imageSize / patchSize > MaxGrid)
            throw json.Error("image_size", $"is {imageSize}; at most {MaxGrid} times patch_size {patchSize} was expected");
        int layers = json.Integer("num_hidden_layers", defaults.NumHiddenLayers);
        return new Dinov2Config
        {
            HiddenSize = hiddenSize,
            NumHiddenLayers = layers,
            NumAttentionHeads = heads,
            IntermediateSize = ReadIntermediateSize(json, hiddenSize),
            LayerNormEps = (float)json.Number("layer_norm_eps", defaults.LayerNormEps),
            ImageSize = imageSize,
            PatchSize = patchSize,
            NumChannels = json.Integer("num_channels", defaults.NumChannels),
            QkvBias = json.Boolean("qkv_bias", defaults.QkvBias),
            OutLayers = ReadOutLayers(json, layers),
            ApplyLayernorm = json.Boolean("apply_layernorm", defaults.ApplyLayernorm),
        };
    }

    private static int ReadIntermediateSize(JsonConfig json, int hiddenSize)
    {
        double size = hiddenSize * json.Number("mlp_ratio", 4);
        return size >= 1 && size <= 1 << 24 ? (int)size : throw json.Error("mlp_ratio", $"makes {size} channels of hidden_size {hiddenSize}");
    }

    /// <summary>The wanted layers by name ("stage9"), else by number; the reference calls what goes into the first layer "stem", 0.</summary>
    private static int[] ReadOutLayers(JsonConfig json, int layers)
    {
        bool named = json.Has("out_features");
        string key = named ? "out_features" : "out_indices";
        int[] wanted = named
            ? [.. json.Texts(key).Select(name => NumberOf(name) ?? throw json.Error(key, $"has \"{name}\"; \"stage1\" to \"stage{layers}\" were expected"))]
            : [.. json.Integers(key, [layers])];
        for (int i = 0; i < wanted.Length; i++)
        {
            if (wanted[i] < 1 || wanted[i] > layers || (i > 0 && wanted[i] <= wanted[i - 1]))
                throw json.Error(key, $"names the layers {string.Join(", ", wanted)}; ascending ones from 1 to num_hidden_layers {layers} were expected");
        }
        return wanted;
    }

    private static int? NumberOf(string stage) =>
        stage.StartsWith("stage", StringComparison.Ordinal) && int.TryParse(stage.AsSpan(5), NumberStyles.None, CultureInfo.InvariantCulture, out int number) ? number : null;
}
