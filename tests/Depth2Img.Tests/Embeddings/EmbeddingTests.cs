using Depth2Img.Compute;
using Depth2Img.Compute.Checkpoints;
using Depth2Img.Compute.Reference;
using Depth2Img.Embeddings;
using Depth2Img.Models;
using Depth2Img.Models.Clip;
using Depth2Img.Prompts;
using Depth2Img.Tests.Adapters;
using Depth2Img.TestSupport;

namespace Depth2Img.Tests.Embeddings;

public sealed class EmbeddingTests : IDisposable
{
    private static readonly ClipTokenizer Tiny = ClipTokenizer.Load(Repository.Golden("tiny-depth2img/tokenizer"));

    private readonly AdapterGolden _golden = new();
    private readonly TemporaryFolder _folder = new();

    public void Dispose()
    {
        _folder.Dispose();
        _golden.Dispose();
    }

    private ClipTextConfig Config => ClipTextConfig.Read(JsonConfig.Parse(_golden.Facts.GetProperty("text").GetRawText(), "text"));

    [Theory]
    [InlineData("ti-diffusers.safetensors", "<statue>")]
    [InlineData("ti-a1111.safetensors", "ti-a1111")]
    [InlineData("ti-a1111.pt", "statue")]
    [InlineData("ti-learned_embeds.bin", "<statue>")]
    public void Every_form_gives_the_reference_s_vectors_and_output(string file, string token)
    {
        using SafetensorsFile run = SafetensorsFile.Open(AdapterGolden.File("ti-run.safetensors"));
        EmbeddingFile embedding = EmbeddingFile.Read(AdapterGolden.File(file));
        Assert.Equal(token, embedding.Token);
        Assert.Equal((3, 64), (embedding.Vectors, embedding.Width));
        Assert.Equal(run["embedding"].ToFloats(), embedding.Values);

        EmbeddingSet set = Open(new EmbeddingOptions(AdapterGolden.File(file)));
        Assert.Equal(new EmbeddingUse(token, Path.GetFileNameWithoutExtension(file), 3, set.Uses[0].Hash), Assert.Single(set.Uses));
        NumericAssert.Close(run["out"].ToFloats(), Run(set, [.. run["in.ids"].ToFloats().Select(v => (int)v)]), 1e-4, file);
    }

    [Fact]
    public void One_vector_without_a_second_dimension_is_one_vector()
    {
        EmbeddingFile embedding = EmbeddingFile.Read(AdapterGolden.File("ti-diffusers-1d.safetensors"));
        Assert.Equal(("<dot>", 1, 64), (embedding.Token, embedding.Vectors, embedding.Width));
    }

    [Fact]
    public void The_older_torch_form_is_refused_by_the_name_of_its_class() =>
        Assert.Contains("ParameterDict", Assert.Throws<Depth2ImgException>(() => EmbeddingFile.Read(AdapterGolden.File("ti-a1111-parameterdict.pt"))).Message, StringComparison.Ordinal);

    [Fact]
    public void N_vectors_take_n_places_and_their_ids_follow_the_vocabulary()
    {
        EmbeddingSet set = Open(new EmbeddingOptions(AdapterGolden.File("ti-diffusers.safetensors")), new EmbeddingOptions(AdapterGolden.File("ti-diffusers-1d.safetensors")));
        Assert.Equal(1004, set.Extend(Config).VocabSize);
        ClipTokenizer tokenizer = set.Extend(Tiny, 1000);
        int[] red = Ids(Tiny, "red"), ball = Ids(Tiny, "ball");
        Assert.Equal([.. red, 1000, 1001, 1002, .. ball], Ids(tokenizer, "red <statue> ball"));
        Assert.Equal([.. red, 1000, 1001, 1002, .. ball], Ids(tokenizer, "red<STATUE>ball"));
        Assert.Equal([1003, 1000, 1001, 1002], Ids(tokenizer, "<dot><statue>"));
        Assert.Equal([1001], Ids(tokenizer, "<statue>_1"));
        TokenizedPrompt cut = tokenizer.Encode(string.Join(' ', Enumerable.Repeat("<statue>", 26)));
        Assert.Equal(80, cut.UntruncatedCount);
        Assert.Equal(77, cut.Ids.Length);
        Assert.Equal("<statue>", cut.CutText);
        Assert.Equal(Ids(Tiny, "statue < dot >"), Ids(tokenizer, "statue < dot >"));
    }

    [Fact]
    public void A_plain_word_wins_over_the_vocabulary_but_not_inside_longer_words()
    {
        ClipTokenizer tokenizer = Open(new EmbeddingOptions(AdapterGolden.File("ti-diffusers-1d.safetensors"), "ball")).Extend(Tiny, 1000);
        Assert.Equal([.. Ids(Tiny, "red"), 1000], Ids(tokenizer, "red ball"));
        Assert.Equal([1000, .. Ids(Tiny, ",")], Ids(tokenizer, "Ball,"));
        Assert.Equal(Ids(Tiny, "balls football ball2"), Ids(tokenizer, "balls football ball2"));
        Assert.Equal([.. Ids(Tiny, "balls"), 1000], Ids(tokenizer, "balls ball"));
    }

    [Fact]
    public void Tables_of_halves_get_rows_of_halves_and_all_else_is_as_it_was()
    {
        EmbeddingSet set = Open(new EmbeddingOptions(AdapterGolden.File("ti-diffusers.safetensors")));
        IWeightSource extended = set.Apply("text_encoder", _golden.StoredTextEncoder);
        foreach (string name in extended.Names)
        {
            WeightTensor own = _golden.StoredTextEncoder[name], tensor = extended[name];
            Assert.Equal(ElementType.Float16, tensor.Type);
            Assert.True(tensor.Data.Span.StartsWith(own.Data.Span), name);
            Assert.Equal(name.EndsWith("token_embedding.weight", StringComparison.Ordinal) ? own.Count + 3 * 64 : own.Count, tensor.Count);
        }
        float[] expected = [.. EmbeddingFile.Read(AdapterGolden.File("ti-diffusers.safetensors")).Values.Select(v => (float)(Half)v)];
        Assert.Equal(expected, extended["text_model.embeddings.token_embedding.weight"].ToFloats()[(1000 * 64)..]);
        Assert.Same(_golden.StoredUnet, set.Apply("unet", _golden.StoredUnet));
    }

    [Theory]
    [InlineData(768, "Stable Diffusion 1")]
    [InlineData(1024, "Stable Diffusion 2")]
    public void Another_width_is_refused_by_naming_both(int width, string family) =>
        AssertRefused(new AdapterWriter().Random("<x>", 2, width), family, $"width {width}", "width 64", "small model");

    [Fact]
    public void What_is_no_textual_inversion_is_named()
    {
        AssertRefused(new AdapterWriter().Random("clip_l", 2, 768).Random("clip_g", 2, 1280), "Stable Diffusion XL");
        AssertRefused(new AdapterWriter().Lora("lora_unet_x", 16, 16), "LoRA", "--lora");
        AssertRefused(new AdapterWriter().Random("a", 2, 64).Random("b", 2, 64), "2 tensors");
        AssertRefused(new AdapterWriter().Random("a", 2, 64, 1), "[2,64,1]");
        AssertRefused(new AdapterWriter().With(WeightTensor.FromFloats("a", [0, 64], [])), "[0,64]");
        AssertRefused(new AdapterWriter().With(WeightTensor.FromFloats("a", [64], [.. Enumerable.Repeat(float.NaN, 64)])), "NaN");
        AssertRefused(new AdapterWriter().Random("a", 76, 64), "76 vectors", "75 places");
    }

    [Fact]
    public void A_picture_is_refused_as_one() =>
        Assert.Contains("picture", Assert.Throws<Depth2ImgException>(() => EmbeddingFile.Read(Repository.Samples("rendered/square.png"))).Message, StringComparison.Ordinal);

    [Theory]
    [InlineData("")]
    [InlineData(" a")]
    [InlineData("<|endoftext|>")]
    [InlineData("!")]
    public void A_word_that_cannot_stand_in_a_prompt_is_refused(string token) =>
        Assert.Contains("cannot stand for", Assert.Throws<Depth2ImgException>(() => Open(new EmbeddingOptions(AdapterGolden.File("ti-diffusers.safetensors"), token))).Message, StringComparison.Ordinal);

    [Fact]
    public void Two_embeddings_of_one_name_are_refused()
    {
        EmbeddingOptions one = new(AdapterGolden.File("ti-diffusers.safetensors"));
        Assert.Contains("'<statue>'", Assert.Throws<Depth2ImgException>(() => Open(one, one with { Path = AdapterGolden.File("ti-learned_embeds.bin") })).Message, StringComparison.Ordinal);
        Assert.Contains("'<statue>_1'", Assert.Throws<Depth2ImgException>(() => Open(one, new EmbeddingOptions(AdapterGolden.File("ti-diffusers-1d.safetensors"), "<Statue>_1"))).Message, StringComparison.OrdinalIgnoreCase);
    }

    private EmbeddingSet Open(params EmbeddingOptions[] options) => EmbeddingSet.Open(options, "small model", Config, Tiny);

    private float[] Run(EmbeddingSet set, int[] ids)
    {
        using ReferenceBackend backend = new();
        ClipTextConfig config = set.Extend(Config);
        using ClipTextModel model = CheckpointScope.Load(set.Apply("text_encoder", _golden.TextEncoder), backend, scope => new ClipTextModel(scope, config), out _);
        using IOps ops = backend.OpenSession();
        using Tensor output = model.Forward(ops, ids, 1);
        return ops.DownloadAll(output);
    }

    private static int[] Ids(ClipTokenizer tokenizer, string text) => [.. tokenizer.Encode(text).Tokens.Select(t => t.Id)];

    private void AssertRefused(AdapterWriter writer, params string[] words)
    {
        string path = writer.Write(_folder.File("a.safetensors"));
        Depth2ImgException e = Assert.Throws<Depth2ImgException>(() => Open(new EmbeddingOptions(path)));
        foreach (string word in (string[])["a.safetensors", .. words]) Assert.Contains(word, e.Message, StringComparison.Ordinal);
    }
}
