using System.Text;
using Depth2Img.Prompts.Clip;

namespace Depth2Img.Prompts;

/// <summary>
/// CLIP's tokenizer: special tokens are matched as a whole; the rest is brought into Normalization Form C and lower
/// case, cut into words, and each word byte-pair encoded. It gives the ids that the reference implementation gives
/// (transformers, <c>CLIPTokenizer</c>). Safe for use by several threads at once.
/// </summary>
public sealed class ClipTokenizer
{
    private readonly TokenizerData _data;
    private readonly BytePairEncoding _encoding;
    private readonly SpecialTokenMatcher _asWritten;
    private readonly SpecialTokenMatcher _normalized;

    private ClipTokenizer(TokenizerData data, BytePairEncoding encoding, IReadOnlyList<AddedToken> added)
    {
        _data = data;
        _encoding = encoding;
        _asWritten = new SpecialTokenMatcher(data.SpecialTokens.Where(t => !t.IsNormalized).Select(t => new MatchedToken(t.Content, [t.Id], WholeWord: false)));
        _normalized = new SpecialTokenMatcher(
        [
            .. data.SpecialTokens.Where(t => t.IsNormalized).Select(t => new MatchedToken(NormalizedText.Of(t.Content), [t.Id], WholeWord: false)),
            .. added.Select(t => new MatchedToken(NormalizedText.Of(t.Content), [.. t.Ids], WholeWord: true)),
        ]);
    }

    /// <summary>What its files said.</summary>
    internal TokenizerData Data => _data;

    /// <summary>How many ids the text encoder takes: 77 for CLIP.</summary>
    public int ModelMaxLength => _data.MaxLength;

    /// <summary>The id that begins every prompt.</summary>
    public int StartId => _data.StartId;

    /// <summary>The id that ends every prompt.</summary>
    public int EndId => _data.EndId;

    /// <summary>The id that fills up what is left: the end's in Stable Diffusion 1, 0 in Stable Diffusion 2.</summary>
    public int PaddingId => _data.PaddingId;

    /// <summary>
    /// Reads a checkpoint's tokenizer folder: vocab.json and merges.txt, or tokenizer.json alone, with
    /// special_tokens_map.json and tokenizer_config.json if they are there (else CLIP's own settings hold).
    /// </summary>
    /// <exception cref="Depth2ImgException">A file is missing or malformed.</exception>
    public static ClipTokenizer Load(string folder)
    {
        ArgumentException.ThrowIfNullOrEmpty(folder);
        return Create(TokenizerFolder.Read(folder));
    }

    private static ClipTokenizer Create(TokenizerData data) => new(data, new BytePairEncoding(data.Vocabulary, data.Merges, data.UnknownId), []);

    /// <summary>CLIP's published vocabulary, for checkpoints that carry none.</summary>
    /// <param name="padWithEnd">Whether prompts are filled up with the end's token, as in Stable Diffusion 1, not with id 0, as in 2.</param>
    public static ClipTokenizer CreatePublished(bool padWithEnd) =>
        Create(PublishedVocabulary.Instance.ToTokenizerData(padWithEnd ? PublishedVocabulary.End : PublishedVocabulary.FirstToken));

    /// <summary>This tokenizer with further tokens, in place of those it was given before.</summary>
    internal ClipTokenizer With(IReadOnlyList<AddedToken> added) => new(_data, _encoding, added);

    /// <summary>Whether a text is one of the tokens that mean something to the text encoder: the start, the end, the padding.</summary>
    internal bool IsSpecial(string text) => _data.SpecialTokens.Any(t => NormalizedText.Of(t.Content) == NormalizedText.Of(text));

    /// <summary>Encodes a prompt, cutting off what does not fit.</summary>
    /// <param name="text">Any text, the empty one included. A surrogate without its other half counts as U+FFFD.</param>
    public TokenizedPrompt Encode(string text)
    {
        List<TokenSpan> tokens = Tokenize(text);
        int kept = Math.Min(tokens.Count, ModelMaxLength - 2);
        int[] ids = new int[ModelMaxLength];
        ids[0] = StartId;
        for (int i = 0; i < kept; i++) ids[i + 1] = tokens[i].Id;
        ids[kept + 1] = EndId;
        ids.AsSpan(kept + 2).Fill(PaddingId);
        return new TokenizedPrompt(text, ids, tokens, kept);
    }

    /// <summary>How many tokens a text takes, without start and end: <see cref="ModelMaxLength"/> - 2 fit.</summary>
    public int CountTokens(string text) => Tokenize(text).Count;

    private List<TokenSpan> Tokenize(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        List<TokenSpan> tokens = [];
        for (int position = 0; position < text.Length;)
        {
            bool found = _asWritten.TryFind(text, position, out int start, out int end, out int[] ids);
            if (start > position) AddStretch(text, position, start, tokens);
            if (found) AddMatch(ids, start, end, tokens);
            position = end;
        }
        return tokens;
    }

    // A stretch of the prompt between special tokens that are matched as written.
    private void AddStretch(string text, int start, int end, List<TokenSpan> tokens)
    {
        NormalizedText normalized = new(text, start, end);
        for (int position = 0; position < normalized.Text.Length;)
        {
            bool found = _normalized.TryFind(normalized.Text, position, out int matchStart, out int matchEnd, out int[] ids);
            AddWords(normalized, position, matchStart, tokens);
            if (found) AddMatch(ids, normalized.StartOf(matchStart), normalized.EndOf(matchEnd - 1), tokens);
            position = matchEnd;
        }
    }

    private static void AddMatch(int[] ids, int start, int end, List<TokenSpan> tokens)
    {
        foreach (int id in ids) tokens.Add(new TokenSpan(id, start, end));
    }

    private void AddWords(NormalizedText normalized, int start, int end, List<TokenSpan> tokens)
    {
        byte[] bytes = new byte[64];
        WordSplitter words = new(normalized.Text.AsSpan(start, end - start));
        while (words.MoveNext())
        {
            ReadOnlySpan<char> word = normalized.Text.AsSpan(start + words.Start, words.End - words.Start);
            int count = Encoding.UTF8.GetByteCount(word);
            if (count > bytes.Length) bytes = new byte[Math.Max(count, 2 * bytes.Length)];
            Encoding.UTF8.GetBytes(word, bytes);
            AddTokens(_encoding.Encode(word, bytes.AsSpan(0, count)), word, normalized, start + words.Start, tokens);
        }
    }

    // Finds for each token, which is a number of bytes, the characters that it has a byte of.
    private static void AddTokens(EncodedWord encoded, ReadOnlySpan<char> word, NormalizedText normalized, int wordStart, List<TokenSpan> tokens)
    {
        int index = 0;
        int byteEnd = LengthOfCharacter(word, index, out int units);
        int position = 0;
        for (int i = 0; i < encoded.Ids.Length; i++)
        {
            Advance(word, position);
            int start = normalized.StartOf(wordStart + index);
            position += encoded.ByteCounts[i];
            Advance(word, position - 1);
            tokens.Add(new TokenSpan(encoded.Ids[i], start, normalized.EndOf(wordStart + index)));
        }

        // Moves on to the character that has the byte at an offset.
        void Advance(ReadOnlySpan<char> text, int offset)
        {
            while (offset >= byteEnd)
            {
                index += units;
                byteEnd += LengthOfCharacter(text, index, out units);
            }
        }
    }

    private static int LengthOfCharacter(ReadOnlySpan<char> text, int index, out int units)
    {
        Rune.DecodeFromUtf16(text[index..], out Rune rune, out units);
        return rune.Utf8SequenceLength;
    }
}
