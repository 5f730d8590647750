using System.Text.Json;
using Depth2Img.Prompts;
using Depth2Img.TestSupport;
using FsCheck.Xunit;

namespace Depth2Img.Tests.Prompts;

/// <summary>The forms that a tokenizer folder can have, on small vocabularies made by hand.</summary>
public sealed class TokenizerFolderTests : IDisposable
{
    private const string Vocabulary = """{"!":0, "a":1, "b":2, "a</w>":3, "b</w>":4, "ab":5, "ab</w>":6, "abab</w>":7, "!</w>":8, "<|startoftext|>":9, "<|endoftext|>":10}""";
    private const string Merges = "#version: 0.2\na b\na b</w>\nab ab</w>\n";

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void All_forms_of_a_folder_give_the_same_ids()
    {
        string tiny = Repository.Golden("tiny-depth2img/tokenizer");
        ClipTokenizer reference = ClipTokenizer.Load(tiny);
        string json = File.ReadAllText(Path.Combine(tiny, "tokenizer.json"));
        _folder.Write("tokenizer_config.json", File.ReadAllText(Path.Combine(tiny, "tokenizer_config.json")));
        _folder.Write("tokenizer.json", json);
        ClipTokenizer fromTokenizerJson = ClipTokenizer.Load(_folder.Path);

        // Older files write a merge as one text.
        JsonElement model = JsonSerializer.Deserialize<JsonElement>(json).GetProperty("model");
        string[] merges = [.. model.GetProperty("merges").EnumerateArray().Select(m => $"{m[0].GetString()} {m[1].GetString()}")];
        _folder.Write("tokenizer.json", JsonSerializer.Serialize(new { model = new { type = "BPE", end_of_word_suffix = "</w>", vocab = model.GetProperty("vocab"), merges } }));
        ClipTokenizer fromOlder = ClipTokenizer.Load(_folder.Path);

        ClipTokenizer demo = ClipTokenizer.Load(Repository.Models("demo/tokenizer"));
        foreach (string text in (string[])["", "a photo of a red ball!", "ÀÉ \U0001F3A8 <|endoftext|> Checkered, watercolor", "xyz 123"])
        {
            int[] expected = reference.Encode(text).Ids;
            Assert.Equal(expected, fromTokenizerJson.Encode(text).Ids);
            Assert.Equal(expected, fromOlder.Encode(text).Ids);
            Assert.Equal(expected, demo.Encode(text).Ids);
        }
        Assert.Equal([755, 320, 564, 516, 320, 535, 587, 0, 756, 0], reference.Encode("a photo of a red ball!").Ids[..10]);
    }

    [Fact]
    public void Merges_apply_by_rank_and_from_the_left()
    {
        ClipTokenizer tokenizer = Load();
        Assert.Equal([3], Ids(tokenizer, "a"));
        Assert.Equal([6], Ids(tokenizer, "AB"));
        Assert.Equal([7], Ids(tokenizer, "abab"));
        Assert.Equal([5, 7], Ids(tokenizer, "ababab"));
        Assert.Equal([2, 1, 6], Ids(tokenizer, "baab"));
    }

    [Fact]
    public void The_padding_token_is_matched_wherever_it_stands_if_it_is_a_sign_of_its_own()
    {
        Assert.Equal([8], Ids(Load(), "!"));
        _folder.Write("special_tokens_map.json", """{"pad_token": "!"}""");
        ClipTokenizer tokenizer = Load();
        Assert.Equal([3, 0, 0, 4], Ids(tokenizer, "a!!b"));
        Assert.Equal(0, tokenizer.PaddingId);
    }

    [Fact]
    public void Without_settings_padding_is_the_end_as_in_Stable_Diffusion_1()
    {
        ClipTokenizer tokenizer = Load();
        Assert.Equal(77, tokenizer.ModelMaxLength);
        Assert.Equal([9, 3, 10, 10], tokenizer.Encode("a").Ids[..4]);
    }

    [Fact]
    public void The_map_of_special_tokens_wins_over_an_older_configuration_and_loses_to_a_newer_one()
    {
        _folder.Write("special_tokens_map.json", """{"pad_token": "!"}""");
        _folder.Write("tokenizer_config.json", """{"pad_token": "<|endoftext|>"}""");
        Assert.Equal(0, Load().PaddingId);
        _folder.Write("tokenizer_config.json", """{"pad_token": "<|endoftext|>", "added_tokens_decoder": {"11": {"content": "<cat>"}}}""");
        ClipTokenizer newer = Load();
        Assert.Equal(10, newer.PaddingId);
        Assert.Equal([3, 11], Ids(newer, "a<cat>"));
    }

    [Fact]
    public void A_token_marked_normalized_is_found_in_capitals_and_others_only_as_written()
    {
        Assert.DoesNotContain(Load().Encode("a<|EndOfText|> b").Tokens, t => t.End - t.Start == "<|EndOfText|>".Length);
        _folder.Write("special_tokens_map.json", """{"eos_token": {"content": "<|endoftext|>", "normalized": true}}""");
        TokenizedPrompt prompt = Load().Encode("a<|EndOfText|> b");
        Assert.Equal([3, 10, 4], prompt.Tokens.Select(t => t.Id));
        Assert.Equal("<|EndOfText|>", prompt.TextOf(prompt.Tokens[1]));
    }

    [Fact]
    public void A_byte_that_the_vocabulary_lacks_is_the_unknown_token()
    {
        Assert.Equal([1, 10, 4], Ids(Load(), "acb"));
        _folder.Write("special_tokens_map.json", """{"unk_token": "!", "pad_token": "<|endoftext|>"}""");
        Assert.Equal([1, 0, 0, 4], Ids(Load(), "aéb"));
    }

    [Fact]
    public void The_length_is_the_configurations_and_77_where_it_is_without_limit()
    {
        _folder.Write("tokenizer_config.json", """{"model_max_length": 4}""");
        TokenizedPrompt prompt = Load().Encode("a b a");
        Assert.Equal([9, 3, 4, 10], prompt.Ids);
        Assert.Equal("a", prompt.CutText);
        _folder.Write("tokenizer_config.json", """{"model_max_length": 1000000000000000019884624838656}""");
        Assert.Equal(77, Load().ModelMaxLength);
    }

    [Fact]
    public void A_merges_file_with_Windows_line_ends_and_a_final_blank_line_is_read() =>
        Assert.Equal([7], Ids(Load(merges: Merges.Replace("\n", "\r\n") + "\r\n"), "abab"));

    [Fact]
    public void A_missing_folder_and_missing_files_are_named()
    {
        Assert.Contains("no tokenizer folder", Refused(() => ClipTokenizer.Load(Path.Combine(_folder.Path, "none"))));
        Assert.Contains("lacks vocab.json and merges.txt", Refused(() => ClipTokenizer.Load(_folder.Path)));
        _folder.Write("vocab.json", Vocabulary);
        Assert.Contains("lacks merges.txt", Refused(() => ClipTokenizer.Load(_folder.Path)));
    }

    [Theory]
    [InlineData("#version: 0.2\na b\nab\n", "line 3: two tokens")]
    [InlineData("a b c\n", "line 1: two tokens")]
    [InlineData("a  b\n", "line 1: two tokens")]
    [InlineData("#version: 0.2\na q\n", "line 2: the vocabulary has no token 'q'")]
    [InlineData("b a\n", "line 1: the vocabulary has no token 'ba'")]
    public void A_malformed_merge_is_named_by_its_line(string merges, string message)
    {
        string refusal = Refused(() => Load(merges: merges));
        Assert.Contains("merges.txt", refusal);
        Assert.Contains(message, refusal);
    }

    [Theory]
    [InlineData("", "no valid JSON: line 1")]
    [InlineData("{\n\"a\": 1,\n\"b\" 2}", "no valid JSON: line 3")]
    [InlineData("[1]", "holds a JSON list")]
    [InlineData("""{"a": "x"}""", "the token 'a' the id \"x\"")]
    [InlineData("""{"a": -1}""", "the token 'a' the id -1")]
    [InlineData("""{"a": 1.5}""", "the token 'a' the id 1.5")]
    [InlineData("""{"\ud800": 1}""", "no valid Unicode")]
    [InlineData("""{"a": 1}""", "no token '<|startoftext|>'")]
    public void A_malformed_vocabulary_is_refused(string vocabulary, string message)
    {
        string refusal = Refused(() => Load(vocabulary, merges: "#version: 0.2\n"));
        Assert.Contains("vocab.json", refusal);
        Assert.Contains(message, refusal);
    }

    [Theory]
    [InlineData("""{}""", "no object 'model'")]
    [InlineData("""{"model": {"type": "WordPiece", "vocab": {}}}""", "kind 'WordPiece'")]
    [InlineData("""{"model": {"type": "BPE", "end_of_word_suffix": "", "vocab": {}, "merges": []}}""", "end_of_word_suffix")]
    [InlineData("""{"model": {"type": "BPE", "end_of_word_suffix": "</w>", "merges": []}}""", "no object 'vocab'")]
    [InlineData("""{"model": {"type": "BPE", "end_of_word_suffix": "</w>", "vocab": {}}}""", "no list 'merges'")]
    [InlineData("""{"model": {"type": "BPE", "end_of_word_suffix": "</w>", "vocab": {"a": 0, "aa": 1}, "merges": [["a","a"],["a"]]}}""", "merge 2: two tokens")]
    [InlineData("""{"model": {"type": "BPE", "end_of_word_suffix": "</w>", "vocab": {"<|startoftext|>":1,"<|endoftext|>":2}, "merges": []}, "added_tokens": [{"content": "x"}]}""", "the added token 'x' no id")]
    public void A_malformed_tokenizer_json_is_refused(string json, string message)
    {
        _folder.Write("tokenizer.json", json);
        string refusal = Refused(() => ClipTokenizer.Load(_folder.Path));
        Assert.Contains("tokenizer.json", refusal);
        Assert.Contains(message, refusal);
    }

    [Theory]
    [InlineData("""{"pad_token": 5}""", "pad_token")]
    [InlineData("""{"pad_token": "<pad>"}""", "no token '<pad>', which is the tokenizer's pad_token")]
    [InlineData("""{"model_max_length": 1}""", "model_max_length 1")]
    [InlineData("""{"model_max_length": "77"}""", "model_max_length")]
    [InlineData("""{"added_tokens_decoder": {"x": {"content": "y"}}}""", "the id 'x'")]
    public void A_malformed_configuration_is_refused(string config, string message)
    {
        _folder.Write("tokenizer_config.json", config);
        Assert.Contains(message, Refused(() => Load()));
    }

    [Property(MaxTest = 200)]
    public void Any_bytes_as_any_file_are_read_or_refused_with_a_sentence(byte[]? bytes, int which)
    {
        string[] names = ["vocab.json", "merges.txt", "tokenizer_config.json", "special_tokens_map.json", "tokenizer.json"];
        _folder.Write("vocab.json", Vocabulary);
        _folder.Write("merges.txt", Merges);
        File.WriteAllBytes(Path.Combine(_folder.Path, names[(which & int.MaxValue) % names.Length]), bytes ?? []);
        ReadOrRefused();
    }

    [Property(MaxTest = 300)]
    public void A_file_with_one_byte_changed_is_read_or_refused_with_a_sentence(int at, byte value, bool inMerges)
    {
        byte[] bytes = System.Text.Encoding.UTF8.GetBytes(inMerges ? Merges : Vocabulary);
        bytes[(at & int.MaxValue) % bytes.Length] = value;
        _folder.Write("vocab.json", Vocabulary);
        _folder.Write("merges.txt", Merges);
        File.WriteAllBytes(Path.Combine(_folder.Path, inMerges ? "merges.txt" : "vocab.json"), bytes);
        ReadOrRefused();
    }

    private void ReadOrRefused()
    {
        try
        {
            ClipTokenizer.Load(_folder.Path).Encode("abab !");
        }
        catch (Depth2ImgException e)
        {
            Assert.EndsWith(".", e.Message);
        }
        foreach (string file in Directory.GetFiles(_folder.Path)) File.Delete(file);
    }

    private ClipTokenizer Load(string vocabulary = Vocabulary, string merges = Merges)
    {
        _folder.Write("vocab.json", vocabulary);
        _folder.Write("merges.txt", merges);
        return ClipTokenizer.Load(_folder.Path);
    }

    private static int[] Ids(ClipTokenizer tokenizer, string text) => [.. tokenizer.Encode(text).Tokens.Select(t => t.Id)];

    private static string Refused(Action action) => Assert.Throws<Depth2ImgException>(action).Message;
}
