using Depth2Img.Compute;

namespace Depth2Img.Models.Clip;

/// <summary>
/// CLIP's text encoder (transformers' CLIPTextModel): token ids in, one vector a token out. Immutable once made;
/// several sessions may run it at a time.
/// </summary>
public sealed class ClipTextModel : IDisposable
{
    /// <summary>What whole CLIPModels, and models with a projection, hold beside the text encoder.</summary>
    private static readonly string[] Extras = ["vision_model", "visual_projection", "text_projection", "logit_scale"];

    private readonly WeightSet _weights;

    /// <summary>Loads the weights.</summary>
    /// <param name="root">The checkpoint's root; keys may or may not start with "text_model.".</param>
    /// <param name="config">The sizes.</param>
    /// <exception cref="Depth2ImgException">A tensor is missing, misshapen or not finite.</exception>
    public ClipTextModel(CheckpointScope root, ClipTextConfig config)
    {
        ArgumentNullException.ThrowIfNull(root);
        ArgumentNullException.ThrowIfNull(config);
        Config = config;
        _weights = root.Weights;
        foreach (string extra in Extras) root.Ignore(extra);
        // Prefixed in files of transformers up to 4 and again on saving in 5; bare in what 5 holds in memory.
        CheckpointScope scope = root.Has("embeddings.token_embedding.weight") ? root : root.Child("text_model");
        CheckpointScope embeddings = scope.Child("embeddings");
        embeddings.Ignore("position_ids");
        TokenEmbedding = embeddings.Child("token_embedding").Embedding(config.VocabSize, config.HiddenSize);
        PositionEmbedding = embeddings.Child("position_embedding").Vector("weight", config.MaxPositionEmbeddings, config.HiddenSize);
        CheckpointScope layers = scope.Child("encoder").Child("layers");
        Layers = [.. Enumerable.Range(0, config.NumHiddenLayers).Select(i => new ClipEncoderLayer(layers.Child(i), config))];
        FinalLayerNorm = scope.Child("final_layer_norm").Norm(config.HiddenSize);
    }

    /// <summary>The sizes.</summary>
    public ClipTextConfig Config { get; }

    internal EmbeddingWeight TokenEmbedding { get; }
    internal VectorWeight PositionEmbedding { get; }
    internal IReadOnlyList<ClipEncoderLayer> Layers { get; }
    internal NormWeight FinalLayerNorm { get; }

    /// <summary>Encodes prompts.</summary>
    /// <param name="ops">The session to run in.</param>
    /// <param name="ids">N times L token ids, prompt by prompt; L is <see cref="ClipTextConfig.MaxPositionEmbeddings"/>.</param>
    /// <param name="batch">N.</param>
    /// <param name="clipSkip">How many of the last layers to leave out; the final normalisation is applied in any case.</param>
    /// <returns>[N,L,C], which the caller disposes.</returns>
    /// <exception cref="Depth2ImgException">An id lies outside the vocabulary.</exception>
    public Tensor Forward(IOps ops, ReadOnlySpan<int> ids, int batch, int clipSkip = 0)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(clipSkip);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(clipSkip, Config.NumHiddenLayers);
        using Tensor hidden = HiddenState(ops, ids, batch, Config.NumHiddenLayers - clipSkip);                  // [N,L,C]
        return ops.LayerNorm(hidden, FinalLayerNorm.Weight, FinalLayerNorm.Bias, Config.LayerNormEps);          // [N,L,C]
    }

    /// <summary>What comes out of an encoder layer, before any final normalisation: transformers' `hidden_states[layers]`.</summary>
    /// <param name="ops">The session to run in.</param>
    /// <param name="ids">As for <see cref="Forward"/>.</param>
    /// <param name="batch">N.</param>
    /// <param name="layers">How many layers to run, 0 for the embeddings alone.</param>
    /// <returns>[N,L,C], which the caller disposes.</returns>
    /// <exception cref="Depth2ImgException">An id lies outside the vocabulary.</exception>
    public Tensor HiddenState(IOps ops, ReadOnlySpan<int> ids, int batch, int layers)
    {
        ArgumentNullException.ThrowIfNull(ops);
        ArgumentOutOfRangeException.ThrowIfLessThan(batch, 1);
        ArgumentOutOfRangeException.ThrowIfNegative(layers);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(layers, Config.NumHiddenLayers);
        if (ids.Length != batch * Config.MaxPositionEmbeddings)
            throw new ArgumentException($"{batch} times {Config.MaxPositionEmbeddings} ids were expected, not {ids.Length}.", nameof(ids));
        foreach (int id in ids)
        {
            if ((uint)id >= (uint)Config.VocabSize)
                throw new Depth2ImgException($"The tokenizer gave the id {id}, but the text encoder's vocabulary has {Config.VocabSize} entries; the two are not of one checkpoint.");
        }

        // 1. Tokens and their places.
        Tensor hidden = ops.Embedding(TokenEmbedding, ids, batch);        // [N,L,C]
        try
        {
            ops.AddTableInPlace(hidden, PositionEmbedding);               // [N,L,C]

            // 2. The encoder's layers.
            for (int i = 0; i < layers; i++)
            {
                using Tensor previous = hidden;
                hidden = Layers[i].Forward(ops, previous);                // [N,L,C]
            }
            return hidden;
        }
        catch
        {
            hidden.Dispose();
            throw;
        }
    }

    /// <summary>Gives the weights back.</summary>
    public void Dispose() => _weights.Dispose();
}
