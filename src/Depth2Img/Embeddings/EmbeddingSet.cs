using System.Globalization;
using Depth2Img.Adapters;
using Depth2Img.Compute.Checkpoints;
using Depth2Img.IO;
using Depth2Img.Models.Clip;
using Depth2Img.Prompts;

namespace Depth2Img.Embeddings;

/// <summary>
/// The textual inversions of a pipeline. Their vectors follow the text encoder's table of tokens, row by row, and the
/// tokenizer gives their ids for their names, as many as there are vectors.
/// </summary>
internal sealed class EmbeddingSet
{
    private readonly List<EmbeddingUse> _uses = [];
    private readonly List<EmbeddingFile> _embeddings = [];

    private EmbeddingSet() { }

    /// <summary>The embeddings, for a picture's settings.</summary>
    public IReadOnlyList<EmbeddingUse> Uses => _uses;

    private int Vectors => _embeddings.Sum(e => e.Vectors);

    /// <summary>Reads embeddings for a text encoder.</summary>
    /// <param name="options">Which, and under which names.</param>
    /// <param name="model">What the model is called, for messages.</param>
    /// <param name="config">The text encoder's sizes.</param>
    /// <param name="tokenizer">The model's tokenizer.</param>
    /// <exception cref="Depth2ImgException">A file cannot be read or is for another model, or a name is taken.</exception>
    public static EmbeddingSet Open(IReadOnlyList<EmbeddingOptions> options, string model, ClipTextConfig config, ClipTokenizer tokenizer)
    {
        EmbeddingSet set = new();
        HashSet<string> names = new(StringComparer.Ordinal);
        foreach (EmbeddingOptions option in options)
        {
            EmbeddingFile embedding = EmbeddingFile.Read(option.Path, option.Token);
            if (embedding.Width != config.HiddenSize)
                throw new Depth2ImgException($"'{option.Path}' is an embedding for {ModelFamily.Describe(embedding.Width)}; '{model}' is of {ModelFamily.Describe(config.HiddenSize)}.");
            int places = tokenizer.ModelMaxLength - 2;
            if (embedding.Vectors > places)
                throw new Depth2ImgException($"'{option.Path}' has {embedding.Vectors} vectors, and a prompt has {places} places.");
            if (string.IsNullOrWhiteSpace(embedding.Token) || embedding.Token != embedding.Token.Trim() || tokenizer.IsSpecial(embedding.Token))
                throw new Depth2ImgException($"'{embedding.Token}' cannot stand for the embedding '{option.Path}' in a prompt; a word such as '<{AdapterFiles.NameOf(option.Path)}>' can.");
            foreach (string name in NamesOf(embedding))
            {
                if (!names.Add(NormalizedText.Of(name)))
                    throw new Depth2ImgException($"Two embeddings are called '{name}'; give one another name, as in {option.Path}:NAME.");
            }
            set._embeddings.Add(embedding);
            set._uses.Add(new EmbeddingUse(embedding.Token, AdapterFiles.NameOf(option.Path), embedding.Vectors, FileHash.Short(option.Path)));
        }
        return set;
    }

    /// <summary>The text encoder's sizes with the embeddings' rows.</summary>
    public ClipTextConfig Extend(ClipTextConfig config) => config with { VocabSize = config.VocabSize + Vectors };

    /// <summary>The tokenizer with the embeddings' names.</summary>
    /// <param name="tokenizer">The model's own.</param>
    /// <param name="firstId">The id of the first row that follows the vocabulary.</param>
    public ClipTokenizer Extend(ClipTokenizer tokenizer, int firstId)
    {
        if (_embeddings.Count == 0) return tokenizer;
        List<AddedToken> tokens = [];
        foreach (EmbeddingFile embedding in _embeddings)
        {
            int[] ids = [.. Enumerable.Range(firstId, embedding.Vectors)];
            firstId += embedding.Vectors;
            tokens.Add(new AddedToken(embedding.Token, ids));
            for (int i = 1; i < ids.Length; i++) tokens.Add(new AddedToken(NameOf(embedding.Token, i), [ids[i]]));
        }
        return tokenizer.With(tokens);
    }

    /// <summary>A network's weights with the embeddings in them.</summary>
    /// <param name="component">"text_encoder"; others have none.</param>
    /// <param name="source">Its weights without them.</param>
    public IWeightSource Apply(string component, IWeightSource source) => component == "text_encoder" && _embeddings.Count > 0
        ? new ExtendedTokenTable(source, [.. _embeddings.SelectMany(e => e.Values)])
        : source;

    private static IEnumerable<string> NamesOf(EmbeddingFile embedding) =>
        Enumerable.Range(0, embedding.Vectors).Select(i => NameOf(embedding.Token, i));

    /// <summary>The reference's names for single vectors of an embedding: NAME, NAME_1, NAME_2 …</summary>
    private static string NameOf(string token, int index) => index == 0 ? token : string.Create(CultureInfo.InvariantCulture, $"{token}_{index}");
}
