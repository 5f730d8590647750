using Depth2Img.Prompts;

namespace Depth2Img.Tests.Prompts;

/// <summary>Prompts as chunks of tokens with weights, under CLIP's published vocabulary.</summary>
public class PromptChunksTests
{
    private const int Places = 75;

    private static readonly ClipTokenizer Tokenizer = ClipTokenizer.CreatePublished(padWithEnd: false);

    [Fact]
    public void A_prompt_that_fits_is_what_the_tokenizer_gives()
    {
        foreach (LongPrompt mode in Enum.GetValues<LongPrompt>())
        {
            PromptChunk chunk = Assert.Single(Chunk("a red ball on grass", mode).Chunks);
            Assert.Equal(Tokenizer.Encode("a red ball on grass").Ids, chunk.Ids);
            Assert.Null(chunk.Weights);
        }
    }

    [Fact]
    public void The_empty_prompt_is_one_chunk()
    {
        foreach (LongPrompt mode in Enum.GetValues<LongPrompt>())
            Assert.Equal(Tokenizer.Encode("").Ids, Assert.Single(Chunk("", mode).Chunks).Ids);
    }

    [Fact]
    public void Weights_lie_on_their_tokens()
    {
        PromptChunk chunk = Assert.Single(Chunk("a (red:1.5) ball [on] grass", LongPrompt.Cut, PromptSyntax.Weighted).Chunks);
        Assert.Equal(Tokenizer.Encode("a red ball on grass").Ids, chunk.Ids);
        Assert.Equal([1, 1, 1.5f, 1, (float)(1 / 1.1), 1, 1], chunk.Weights![..7]);
        Assert.All(chunk.Weights[7..], weight => Assert.Equal(1, weight));
    }

    [Fact]
    public void Cut_keeps_what_fits_and_quotes_the_rest()
    {
        string prompt = string.Join(' ', Enumerable.Repeat("ball", Places)) + " and a (green:1.2) tree";
        PromptChunks chunks = Chunk(prompt, LongPrompt.Cut, PromptSyntax.Weighted);
        Assert.Equal("and a green tree", chunks.CutText);
        Assert.Equal(Places + 4, chunks.TokenCount);
        Assert.Null(Assert.Single(chunks.Chunks).Weights);
        Assert.Equal(Tokenizer.Encode(prompt).Ids, chunks.Chunks[0].Ids);
    }

    [Fact]
    public void Chunks_hold_every_token_each_with_start_and_end()
    {
        string[] words = [.. Enumerable.Range(0, 100).Select(i => i % 2 == 0 ? "ball" : "tree")];
        PromptChunks chunks = Chunk(string.Join(' ', words), LongPrompt.Chunks);
        Assert.Equal(2, chunks.Chunks.Count);
        Assert.Equal("", chunks.CutText);
        Assert.Equal(Tokenizer.Encode(string.Join(' ', words[..Places])).Ids, chunks.Chunks[0].Ids);
        Assert.Equal(Tokenizer.Encode(string.Join(' ', words[Places..])).Ids, chunks.Chunks[1].Ids);
    }

    [Fact]
    public void No_word_is_split_over_chunks()
    {
        // Of three tokens: it would begin in the first chunk's last place.
        const string Long = "tiefenrausch";
        string balls = string.Join(' ', Enumerable.Repeat("ball", Places - 1));
        Assert.InRange(Tokenizer.CountTokens(Long), 2, Places);
        PromptChunks chunks = Chunk($"{balls} {Long}", LongPrompt.Chunks);
        Assert.Equal(Tokenizer.Encode(balls).Ids, chunks.Chunks[0].Ids);
        Assert.Equal(Tokenizer.Encode(Long).Ids, chunks.Chunks[1].Ids);
    }

    [Fact]
    public void A_word_longer_than_a_chunk_is_split_all_the_same()
    {
        string word = string.Concat(Enumerable.Repeat("xq", 200));
        PromptChunks chunks = Chunk(word, LongPrompt.Chunks);
        Assert.Equal((Tokenizer.CountTokens(word) + Places - 1) / Places, chunks.Chunks.Count);
    }

    [Fact]
    public void Break_begins_a_chunk_in_the_weighted_syntax_with_chunks_alone()
    {
        PromptChunks chunks = Chunk("a red ball BREAK a (tree:1.5)", LongPrompt.Chunks, PromptSyntax.Weighted);
        Assert.Equal([.. new[] { "a red ball", "a tree" }.Select(text => Tokenizer.Encode(text).Ids)], chunks.Chunks.Select(chunk => chunk.Ids));
        Assert.Equal(1.5f, chunks.Chunks[1].Weights![2]);
        Assert.Single(Chunk("a ball BREAK a tree", LongPrompt.Chunks).Chunks);
        Assert.Equal(Tokenizer.Encode("a ball BREAK a tree").Ids, Assert.Single(Chunk("a ball BREAK a tree", LongPrompt.Cut, PromptSyntax.Weighted).Chunks).Ids);
        Assert.Single(Chunk("BREAKFAST", LongPrompt.Chunks, PromptSyntax.Weighted).Chunks);
    }

    [Fact]
    public void An_embedding_of_several_vectors_keeps_them_together_and_their_weight()
    {
        ClipTokenizer taught = Tokenizer.With([new AddedToken("<ink>", [50001, 50002, 50003])]);
        string balls = string.Join(' ', Enumerable.Repeat("ball", Places - 2));
        PromptChunks chunks = PromptChunks.Of(taught, Resolve($"{balls} (<ink>:1.4)", PromptSyntax.Weighted, LongPrompt.Chunks), LongPrompt.Chunks);
        Assert.Equal(Tokenizer.Encode(balls).Ids, chunks.Chunks[0].Ids);
        Assert.Equal([50001, 50002, 50003], chunks.Chunks[1].Ids[1..4]);
        Assert.Equal([1.4f, 1.4f, 1.4f], chunks.Chunks[1].Weights![1..4]);
    }

    [Fact]
    public void A_weight_may_end_inside_a_word() =>
        Assert.Equal(
            [.. Tokenizer.Encode("snow").Tokens, .. Tokenizer.Encode("man").Tokens],
            [.. Chunk("(snow:1.5)man", LongPrompt.Cut, PromptSyntax.Weighted).Chunks[0].Ids[1..3].Select((id, i) => new TokenSpan(id, 0, i == 0 ? 4 : 3))]);

    private static PromptChunks Chunk(string prompt, LongPrompt mode, PromptSyntax syntax = PromptSyntax.Plain) => PromptChunks.Of(Tokenizer, Resolve(prompt, syntax, mode), mode);

    private static ResolvedPrompt Resolve(string prompt, PromptSyntax syntax, LongPrompt mode) => Assert.Single(new PromptOptions(syntax, mode, false).Resolve(prompt, 1));
}
