using System.Text;
using System.Text.Json;
using Depth2Img.Prompts;
using Depth2Img.TestSupport;
using FsCheck;
using FsCheck.Fluent;
using FsCheck.Xunit;

namespace Depth2Img.Tests.Prompts;

/// <summary>CLIP's own vocabulary, against ids that the reference gave.</summary>
public class ClipTokenizerTests(ClipVocabulary clip) : IClassFixture<ClipVocabulary>
{
    private readonly ClipTokenizer _tokenizer = clip.Tokenizer;

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Ids_and_counts_are_the_references_for_every_golden_text(bool builtIn)
    {
        ClipTokenizer tokenizer = builtIn ? ClipTokenizer.CreatePublished(padWithEnd: false) : _tokenizer;
        using JsonDocument rows = JsonDocument.Parse(File.ReadAllBytes(Repository.Golden("tokenizer.json")));
        int count = 0;
        foreach (JsonElement row in rows.RootElement.EnumerateArray())
        {
            string text = row.GetProperty("text").GetString()!;
            int[] ids = [.. row.GetProperty("ids").EnumerateArray().Select(i => i.GetInt32())];
            TokenizedPrompt prompt = tokenizer.Encode(text);
            Assert.True(ids.AsSpan().SequenceEqual(prompt.Ids), $"'{text}': {string.Join(' ', prompt.Ids)}");
            Assert.Equal(row.GetProperty("untruncated").GetInt32(), prompt.UntruncatedCount);
            Assert.Equal(prompt.UntruncatedCount - 2, tokenizer.CountTokens(text));
            count++;
        }
        Assert.Equal(29, count);
    }

    [Fact]
    public void Stable_Diffusion_1_pads_with_the_end()
    {
        ClipTokenizer tokenizer = ClipTokenizer.CreatePublished(padWithEnd: true);
        Assert.Equal([tokenizer.StartId, 320, tokenizer.EndId, tokenizer.EndId], tokenizer.Encode("a").Ids[..4]);
        Assert.Equal(49407, tokenizer.PaddingId);
    }

    // From the reference (tokenizers 0.23.2) on the same vocabulary: where capitals, normal forms and ends meet.
    [Theory]
    [InlineData("<|STARTOFTEXT|>!!", "27 347 993 6659 4160 91 285 0 0")]
    [InlineData("<|ENDOFTEXT|>@@", "27 347 40786 4160 91 285 30314")]
    [InlineData("a!\u0301b", "320 0 136 479 321")]
    [InlineData("\u1112\u1161\u11ab", "15197 506")]
    [InlineData("ΣΑΣ", "139 225 138 109 139 481")]
    [InlineData("'!'S ''s", "262 0 568 8445 338")]
    [InlineData("e\u0323\u0307x İi", "157 118 373 16384 343 328 16384 328")]
    public void Ids_are_the_references_where_rules_meet(string text, string ids) =>
        Assert.Equal(ids, string.Join(' ', _tokenizer.Encode(text).Tokens.Select(t => t.Id)));

    [Fact]
    public void A_lone_surrogate_counts_as_the_replacement_character()
    {
        int[] expected = _tokenizer.Encode("a \uFFFD b\uFFFD").Ids;
        Assert.Equal(expected, _tokenizer.Encode("a \uD800 b\uDC00").Ids);
    }

    [Fact]
    public void An_empty_prompt_is_start_end_and_padding()
    {
        TokenizedPrompt prompt = _tokenizer.Encode("");
        Assert.Equal([49406, 49407, .. new int[75]], prompt.Ids);
        Assert.Empty(prompt.Tokens);
        Assert.False(prompt.IsCut);
        Assert.Equal("", prompt.CutText);
    }

    [Fact]
    public void A_prompt_of_75_tokens_fits_and_one_of_76_is_cut()
    {
        string full = string.Join(' ', Enumerable.Repeat("word", 75));
        Assert.False(_tokenizer.Encode(full).IsCut);
        TokenizedPrompt cut = _tokenizer.Encode(full + " Straw, berries ");
        Assert.Equal(75, cut.KeptCount);
        Assert.Equal("Straw, berries", cut.CutText);
        Assert.Equal(_tokenizer.Encode(full).Ids, cut.Ids);
    }

    [Fact]
    public void Each_token_knows_its_characters_in_the_prompt_as_written()
    {
        TokenizedPrompt prompt = _tokenizer.Encode("A  Cafe\u0301!\t\U0001F3A8<|endoftext|>x");
        string[] texts = [.. prompt.Tokens.Select(prompt.TextOf)];
        Assert.Equal(["A", "Cafe\u0301", "!", "\U0001F3A8", "<|endoftext|>", "x"], texts);
    }

    [Fact]
    public void Tokens_that_share_a_character_each_have_all_of_it()
    {
        // U+1D54F is four bytes, of which no two are merged with the third.
        TokenizedPrompt prompt = _tokenizer.Encode("a\U0001D54F");
        TokenSpan[] parts = [.. prompt.Tokens.Where(t => t.End > 1)];
        Assert.True(parts.Length > 1);
        Assert.All(parts, t => Assert.Equal(3, t.End));
    }

    [Property(MaxTest = 300)]
    public Property Any_text_gives_ids_in_range_and_spans_in_order() => Prop.ForAll(Texts, text =>
    {
        TokenizedPrompt prompt = _tokenizer.Encode(text);
        Assert.Equal(77, prompt.Ids.Length);
        Assert.All(prompt.Ids, id => Assert.InRange(id, 0, 49407));
        Assert.Equal(prompt.KeptCount, Math.Min(75, prompt.Tokens.Count));
        int last = 0;
        foreach (TokenSpan token in prompt.Tokens)
        {
            Assert.True(token.Start < token.End && token.End <= text.Length && token.Start >= last);
            last = token.Start;
        }
    });

    // A text of words, each ended by white space, is tokenised word by word: what stands before is not changed by what follows.
    [Property(MaxTest = 100)]
    public Property The_tokens_of_a_text_begin_those_of_a_longer_one() => Prop.ForAll(Texts, Texts, (first, second) =>
    {
        int[] whole = IdsOf(first + " " + second);
        Assert.Equal([.. IdsOf(first), .. IdsOf(second)], whole);
    });

    [Property(MaxTest = 200)]
    public Property Ascii_text_is_spelled_by_its_tokens() => Prop.ForAll(Gen.Choose(0x20, 0x7e).Select(c => (char)c).ArrayOf().Select(c => new string(c)).ToArbitrary(), text =>
    {
        Dictionary<int, string> tokens = clip.Vocabulary.ToDictionary(p => p.Value, p => p.Key);
        string spelled = string.Concat(_tokenizer.Encode(text).Tokens.Select(t => tokens[t.Id].Replace("</w>", "")));
        Assert.Equal(text.Replace(" ", "").ToLowerInvariant(), spelled);
    });

    // Each would take minutes, were anything quadratic.
    [Theory]
    [InlineData("x")]
    [InlineData("!")]
    [InlineData("'")]
    [InlineData("<|")]
    [InlineData("word ")]
    [InlineData("\u0301")]
    [InlineData("가")]
    [InlineData("\uD800")]
    public void Prompts_of_a_hundred_thousand_characters_are_encoded(string unit)
    {
        string text = new StringBuilder().Insert(0, unit, 100_000 / unit.Length).ToString();
        TokenizedPrompt prompt = _tokenizer.Encode(text);
        Assert.True(prompt.IsCut);
        Assert.Equal(77, prompt.Ids.Length);
        Assert.Equal(text.TrimEnd().Length, prompt.Tokens[^1].End);
    }

    [Fact]
    public void Several_threads_may_use_one_tokenizer()
    {
        string[] texts = [.. Enumerable.Range(0, 200).Select(i => $"word{i} and {i * 7919} more of it")];
        int[][] expected = Array.ConvertAll(texts, IdsOf);
        ClipTokenizer fresh = ClipTokenizer.Load(clip.Folder);
        Parallel.For(0, 1000, i => Assert.Equal(expected[i % 200], fresh.Encode(texts[i % 200]).Tokens.Select(t => t.Id)));
    }

    private int[] IdsOf(string text) => [.. _tokenizer.Encode(text).Tokens.Select(t => t.Id)];

    private static Arbitrary<string> Texts => Gen.OneOf(
        Gen.Choose(0, 0xFFFF).Select(c => ((char)c).ToString()),
        Gen.Choose(0x10000, 0x10FFFF).Select(char.ConvertFromUtf32),
        Gen.Elements("a photo of", " ", "'s", "'RE", "!", "<|endoftext|>", "<|StartOfText|>", "e\u0301", "İ", "\u1112\u1161\u11ab", "\U0001F3A8", "12", "...", "\uD83C", "\u0323\u0307"))
        .ArrayOf().Select(string.Concat).ToArbitrary();
}
