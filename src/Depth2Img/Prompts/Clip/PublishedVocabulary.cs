using System.IO.Compression;

namespace Depth2Img.Prompts.Clip;

/// <summary>
/// CLIP's published vocabulary of 49,408 tokens, for checkpoints in one file, which carry none: made from OpenAI's list of
/// merges. Ids are the bytes, the bytes as ends of words, the merges in order, and the two ends.
/// </summary>
internal sealed class PublishedVocabulary
{
    /// <summary>How many tokens there are.</summary>
    public const int Count = 49_408;

    private const string Resource = "Depth2Img.ClipMerges.txt.gz";

    /// <summary>Merges in use; the file lists more.</summary>
    private const int MergeCount = Count - 2 * 256 - 2;

    /// <summary>Ends every prompt.</summary>
    public const string End = "<|endoftext|>";

    /// <summary>The token of id 0.</summary>
    public const string FirstToken = "!";

    private const string Start = "<|startoftext|>";

    private static readonly Lazy<PublishedVocabulary> Shared = new(() => new PublishedVocabulary());

    private PublishedVocabulary()
    {
        using Stream resource = typeof(PublishedVocabulary).Assembly.GetManifestResourceStream(Resource)!;
        using StreamReader reader = new(new GZipStream(resource, CompressionMode.Decompress));
        reader.ReadLine();
        Merges = new string[MergeCount];
        for (int i = 0; i < MergeCount; i++) Merges[i] = reader.ReadLine()!;
        // Bytes are in the order of the characters that stand for them.
        string[] bytes = [.. Enumerable.Range(0, 256).Select(b => ByteAlphabet.CharacterOf((byte)b)).Order().Select(c => c.ToString())];
        string[] tokens =
        [
            .. bytes, .. bytes.Select(b => b + BytePairEncoding.EndOfWord),
            .. Merges.Select(m => m.Replace(" ", "", StringComparison.Ordinal)), Start, End,
        ];
        for (int id = 0; id < tokens.Length; id++) Ids.Add(tokens[id], id);
    }

    /// <summary>The vocabulary, read once.</summary>
    public static PublishedVocabulary Instance => Shared.Value;

    /// <summary>The id of each token.</summary>
    public Dictionary<string, int> Ids { get; } = new(Count, StringComparer.Ordinal);

    /// <summary>Two tokens each, with a blank between.</summary>
    public string[] Merges { get; }

    /// <summary>All that a tokenizer needs.</summary>
    /// <param name="padding">The token that fills prompts up: "!" in Stable Diffusion 2, the end's in 1.</param>
    public TokenizerData ToTokenizerData(string padding) => new()
    {
        Vocabulary = Ids,
        Merges = [.. Merges.Select(ToRule)],
        SpecialTokens = [.. ((string[])[Start, End, padding]).Distinct().Select(t => new SpecialToken(t, Ids[t], IsNormalized: false))],
        StartId = Ids[Start],
        EndId = Ids[End],
        UnknownId = Ids[End],
        PaddingId = Ids[padding],
        MaxLength = 77,
    };

    private MergeRule ToRule(string merge)
    {
        string[] pair = merge.Split(' ');
        return new MergeRule(Ids[pair[0]], Ids[pair[1]], Ids[pair[0] + pair[1]]);
    }
}
