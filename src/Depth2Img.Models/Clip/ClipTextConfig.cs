using Depth2Img.Compute;

namespace Depth2Img.Models.Clip;

/// <summary>The sizes of a CLIP text encoder, as transformers' CLIPTextConfig names them and with its defaults.</summary>
public sealed record ClipTextConfig
{
    /// <summary>Rows of the token table.</summary>
    public int VocabSize { get; init; } = 49408;

    /// <summary>Channels C of a token.</summary>
    public int HiddenSize { get; init; } = 512;

    /// <summary>Channels between the two layers of an MLP.</summary>
    public int IntermediateSize { get; init; } = 2048;

    /// <summary>How many encoder layers there are.</summary>
    public int NumHiddenLayers { get; init; } = 12;

    /// <summary>Attention heads; they divide <see cref="HiddenSize"/>.</summary>
    public int NumAttentionHeads { get; init; } = 8;

    /// <summary>The length L of every token sequence.</summary>
    public int MaxPositionEmbeddings { get; init; } = 77;

    /// <summary>The MLPs' function: the exact GELU (Stable Diffusion 2) or the quick one (1).</summary>
    public Activation HiddenAct { get; init; } = Activation.QuickGelu;

    /// <summary>Added to the variance in every normalisation.</summary>
    public float LayerNormEps { get; init; } = 1e-5f;

    /// <summary>Reads the configuration of a text encoder, or the text part of a whole CLIPModel's.</summary>
    /// <param name="config">The text encoder's config.json.</param>
    /// <exception cref="Depth2ImgException">It is of another class, or a value is impossible or not supported.</exception>
    public static ClipTextConfig Read(JsonConfig config)
    {
        ArgumentNullException.ThrowIfNull(config);
        config.RequireClass(["CLIPTextModel", "CLIPTextModelWithProjection", "CLIPModel"], "clip_text_model", "clip");
        if (config.OptionalObject("text_config") is { } text) return Read(text);

        ClipTextConfig defaults = new();
        int hiddenSize = config.Integer("hidden_size", defaults.HiddenSize);
        int heads = config.Integer("num_attention_heads", defaults.NumAttentionHeads);
        if (hiddenSize % heads != 0)
            throw config.Error("num_attention_heads", $"is {heads}, which does not divide hidden_size {hiddenSize}");
        return new ClipTextConfig
        {
            VocabSize = config.Integer("vocab_size", defaults.VocabSize),
            HiddenSize = hiddenSize,
            IntermediateSize = config.Integer("intermediate_size", defaults.IntermediateSize),
            NumHiddenLayers = config.Integer("num_hidden_layers", defaults.NumHiddenLayers),
            NumAttentionHeads = heads,
            MaxPositionEmbeddings = config.Integer("max_position_embeddings", defaults.MaxPositionEmbeddings),
            HiddenAct = config.Choice("hidden_act", "quick_gelu", "gelu", "quick_gelu") == "gelu" ? Activation.Gelu : Activation.QuickGelu,
            LayerNormEps = (float)config.Number("layer_norm_eps", defaults.LayerNormEps),
        };
    }
}
