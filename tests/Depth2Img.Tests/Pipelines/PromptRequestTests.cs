using Depth2Img.Compute;
using Depth2Img.Depth;
using Depth2Img.Imaging;
using Depth2Img.Models.Clip;
using Depth2Img.Pipelines;
using Depth2Img.Prompts;
using Depth2Img.Styles;
using Depth2Img.TestSupport;

namespace Depth2Img.Tests.Pipelines;

/// <summary>Weights, schedules, chunks and styles in requests, on the tiny checkpoint; hidden states against the text encoder's own.</summary>
public sealed class PromptRequestTests(TrackedPipeline tracked) : IClassFixture<TrackedPipeline>
{
    private const int Evaluations = 4;

    private static readonly DepthToImageRequest Plain = new()
    {
        Image = ImageFile.Load(Repository.Samples("rendered/square.png")).ToRgb(),
        Prompt = "a red ball on grass",
        NegativePrompt = "night",
        Steps = Evaluations,
        Strength = 1,
        Guidance = 4,
        Seed = 1,
        MaxSize = 64,
        Scheduler = "euler",
        Depth = new DepthMap(4, 4, [.. Enumerable.Range(0, 16).Select(i => (float)i)]),
    };

    private static readonly DepthToImageRequest Weighted = Plain with { PromptSyntax = PromptSyntax.Weighted };

    private static readonly StylePreset Style = new() { Name = "ink", Prompt = "{prompt}, oil painting", NegativePrompt = "photo" };

    [Fact]
    public void Weights_multiply_the_last_hidden_states()
    {
        float[][] plain = Encode("a red ball on grass", default), weighted = Encode("a (red:1.5) ball [on] grass", new PromptOptions(PromptSyntax.Weighted, LongPrompt.Cut, false));
        double[] weights = [1, 1, 1.5, 1, 1 / 1.1];
        AssertClose([.. plain.Select((state, i) => state.Select(value => value * (i < weights.Length ? weights[i] : 1)).ToArray())], weighted);
    }

    [Fact]
    public void The_mean_is_restored_by_option()
    {
        double mean = Encode("a red ball", default).SelectMany(state => state).Average(value => (double)value);
        float[][] weighted = Encode("a (red:3) ball", new PromptOptions(PromptSyntax.Weighted, LongPrompt.Cut, false));
        float[][] restored = Encode("a (red:3) ball", new PromptOptions(PromptSyntax.Weighted, LongPrompt.Cut, true));
        double scale = mean / weighted.SelectMany(state => state).Average(value => (double)value);
        AssertClose([.. weighted.Select(state => state.Select(value => value * scale).ToArray())], restored);
        Assert.Equal(mean, restored.SelectMany(state => state).Average(value => (double)value), 1e-5);
    }

    [Fact]
    public void Chunks_are_encoded_each_by_itself_and_joined()
    {
        float[][] joined = Encode("a red ball BREAK a (tree:1.5)", new PromptOptions(PromptSyntax.Weighted, LongPrompt.Chunks, false));
        float[][] first = Encode("a red ball", default), second = Encode("a tree", default);
        second[2] = [.. second[2].Select(value => value * 1.5f)];
        AssertClose([.. first.Concat(second).Select(state => state.Select(value => (double)value).ToArray())], joined);
    }

    [Fact]
    public void The_weighted_syntax_changes_nothing_of_a_prompt_without_syntax()
    {
        float[] plain = tracked.Latents(Plain);
        Assert.Equal(plain, tracked.Latents(Weighted));
        Assert.Equal(plain, tracked.Latents(Weighted with { LongPrompt = LongPrompt.Chunks, RestorePromptMean = true }));
        Assert.Equal(plain, tracked.Latents(Weighted with { Prompt = @"[a red ball on grass|a red ball on grass]" }));
        Assert.Equal(plain, tracked.Latents(Weighted with { Prompt = "(a red ball:1) on grass" }));
    }

    [Fact]
    public void In_the_plain_syntax_brackets_are_text() =>
        Assert.NotEqual(tracked.Latents(Plain with { Prompt = "a (red:1.3) ball" }), tracked.Latents(Weighted with { Prompt = "a (red:1.3) ball" }));

    [Fact]
    public void A_schedule_is_the_first_prompt_and_then_the_second()
    {
        // All of a run of one prompt, and all of the other: their names alone decide.
        Assert.Equal(tracked.Latents(Plain with { Prompt = "a red ball" }), tracked.Latents(Weighted with { Prompt = "a [red:blue:4] ball" }));
        Assert.Equal(tracked.Latents(Plain with { Prompt = "a blue ball" }), tracked.Latents(Weighted with { Prompt = "a [red:blue:0] ball" }));
        float[] half = tracked.Latents(Weighted with { Prompt = "a [red:blue:0.5] ball" });
        Assert.Equal(half, tracked.Latents(Weighted with { Prompt = "a [red:blue:2] ball" }));
        Assert.NotEqual(half, tracked.Latents(Plain with { Prompt = "a red ball" }));
        Assert.NotEqual(half, tracked.Latents(Plain with { Prompt = "a blue ball" }));
        Assert.NotEqual(half, tracked.Latents(Weighted with { Prompt = "a [red|blue] ball" }));
    }

    [Fact]
    public void Schedules_hold_in_unguided_evaluations_too()
    {
        DepthToImageRequest interval = Weighted with { GuidanceInterval = new GuidanceInterval(0, 0.5) };
        Assert.Equal(
            tracked.Latents(interval with { Prompt = "a red ball" }),
            tracked.Latents(interval with { Prompt = "a [red:blue:4] ball" }));
        Assert.NotEqual(tracked.Latents(interval with { Prompt = "a red ball" }), tracked.Latents(interval with { Prompt = "a [red:blue:3] ball" }));
        Assert.Equal(tracked.Latents(Plain with { Prompt = "a blue ball", Guidance = 1 }), tracked.Latents(Weighted with { Prompt = "a [red:blue:0] ball", Guidance = 1 }));
    }

    [Fact]
    public async Task A_prompt_in_chunks_warns_of_nothing_and_sees_its_end()
    {
        string prompt = string.Join(' ', Enumerable.Repeat("ball", 80));
        DepthToImageResult cut = await tracked.Pipeline.GenerateAsync(Plain with { Prompt = prompt + " red" });
        Assert.Contains("cut off: \"", Assert.Single(cut.Warnings), StringComparison.Ordinal);
        DepthToImageRequest chunks = Plain with { Prompt = prompt + " red", LongPrompt = LongPrompt.Chunks };
        Assert.Empty((await tracked.Pipeline.GenerateAsync(chunks)).Warnings);
        Assert.NotEqual(tracked.Latents(chunks), tracked.Latents(chunks with { Prompt = prompt + " blue" }));
    }

    [Fact]
    public void A_style_at_strength_0_is_the_plain_request_and_at_1_the_typed_one()
    {
        DepthToImageRequest styled = Plain with { Style = Style };
        Assert.Equal(tracked.Latents(Plain), tracked.Latents(styled with { StyleStrength = 0 }));
        Assert.Equal(tracked.Latents(Plain with { Prompt = "a red ball on grass, oil painting", NegativePrompt = "night, photo" }), tracked.Latents(styled));
    }

    [Fact]
    public void Between_them_hidden_states_are_between()
    {
        float[][] plain = Encode("a tree", default), styled = Encode("a tree, oil painting", default);
        float[][] part = Encode("a tree", default, Style, 0.25);
        AssertClose([.. plain.Zip(styled, (a, b) => a.Zip(b, (x, y) => x + 0.25 * (y - x)).ToArray())], part);
        DepthToImageRequest request = Plain with { Style = Style, StyleStrength = 0.25 };
        Assert.NotEqual(tracked.Latents(Plain), tracked.Latents(request));
        Assert.NotEqual(tracked.Latents(request with { StyleStrength = 1 }), tracked.Latents(request));
    }

    [Fact]
    public async Task A_styles_settings_count_where_the_request_has_none()
    {
        StylePreset style = Style with { Strength = 0.5, Guidance = 2, Steps = 6, Scheduler = "ddim" };
        GenerationSettings settings = (await tracked.Pipeline.GenerateAsync(Plain with { Style = style, Strength = null, Guidance = null, Steps = null, Scheduler = null })).Settings;
        Assert.Equal((0.5, 2, 6, "ddim"), (settings.Strength, settings.Guidance, settings.Steps, settings.Scheduler));
        settings = (await tracked.Pipeline.GenerateAsync(Plain with { Style = style })).Settings;
        Assert.Equal((1.0, 4, Evaluations, "euler"), (settings.Strength, settings.Guidance, settings.Steps, settings.Scheduler));
    }

    [Fact]
    public async Task The_settings_tell_of_prompts_and_style_and_are_read_back()
    {
        DepthToImageRequest request = Weighted with { LongPrompt = LongPrompt.Chunks, RestorePromptMean = true, Style = Style, GuidanceRescale = 0.7 };
        GenerationSettings settings = (await tracked.Pipeline.GenerateAsync(request)).Settings;
        Assert.Equal(settings, GenerationSettings.FromJson(settings.ToJson()));
        Assert.Equal(new StyleUse("ink", 1, Style.Prompt, Style.NegativePrompt), settings.Style);
        Assert.Equal((PromptSyntax.Weighted, LongPrompt.Chunks, true, 0.7), (settings.PromptSyntax, settings.LongPrompt, settings.RestorePromptMean, settings.GuidanceRescale));
        string line = settings.ToParametersLine();
        Assert.StartsWith("a red ball on grass, oil painting\nNegative prompt: night, photo\n", line, StringComparison.Ordinal);
        Assert.Contains("CFG Rescale: 0.7, Style: ink, Style strength: 1,", line, StringComparison.Ordinal);

        string plain = (await tracked.Pipeline.GenerateAsync(Plain with { Style = Style, StyleStrength = 0 })).Settings.ToJson();
        foreach (string key in (string[])["style", "promptSyntax", "longPrompt", "restorePromptMean", "guidanceRescale"])
            Assert.DoesNotContain($"\"{key}\"", plain, StringComparison.Ordinal);
    }

    [Fact]
    public void Guidance_rescale_0_is_guidance_as_it_was_and_without_guidance_it_does_nothing()
    {
        Assert.NotEqual(tracked.Latents(Plain), tracked.Latents(Plain with { GuidanceRescale = 0.7 }));
        Assert.Equal(tracked.Latents(Plain with { Guidance = 1 }), tracked.Latents(Plain with { Guidance = 1, GuidanceRescale = 0.7 }));
    }

    [Fact]
    public async Task Choices_that_nobody_expanded_are_told()
    {
        DepthToImageResult result = await tracked.Pipeline.GenerateAsync(Weighted with { Prompt = "a {red|blue} ball" });
        Assert.Contains("{red|blue}", Assert.Single(result.Warnings), StringComparison.Ordinal);
        Assert.Empty((await tracked.Pipeline.GenerateAsync(Weighted with { Prompt = @"a \{red|blue\} ball" })).Warnings);
    }

    [Fact]
    public async Task Values_out_of_range_are_refused_by_name()
    {
        await AssertRefused(Plain with { GuidanceRescale = 1.01 }, "GuidanceRescale");
        await AssertRefused(Plain with { GuidanceRescale = double.NaN }, "GuidanceRescale");
        await AssertRefused(Plain with { StyleStrength = -0.1 }, "StyleStrength");
        await AssertRefused(Plain with { StyleStrength = 0.5 }, "StyleStrength"); // of no style
        await AssertRefused(Plain with { RestorePromptMean = true }, "RestorePromptMean"); // of no weights
        await AssertRefused(Plain with { Style = Style with { Prompt = "oil painting" } }, "Style");
        await AssertRefused(Plain with { PromptSyntax = (PromptSyntax)7 }, "PromptSyntax");
        await AssertRefused(Plain with { LongPrompt = (LongPrompt)7 }, "LongPrompt");
    }

    private async Task AssertRefused(DepthToImageRequest request, string property)
    {
        InvalidRequestException e = await Assert.ThrowsAsync<InvalidRequestException>(() => tracked.Pipeline.GenerateAsync(request));
        Assert.Equal(property, Assert.Single(e.Faults).Property);
    }

    /// <summary>A prompt's hidden states as the UNet sees them, token by token; in the plain case the text encoder's own.</summary>
    private float[][] Encode(string prompt, PromptOptions options, StylePreset? style = null, double styleStrength = 1)
    {
        PipelineNetworks networks = tracked.Pipeline.Networks;
        using IOps ops = tracked.Pipeline.Backend.OpenSession();
        using LazyNetwork<ClipTextModel>.Loan network = networks.TextEncoder.Borrow();
        Tensor hidden;
        if (options == default && style is null)
        {
            hidden = network.Network.Forward(ops, networks.Tokenizer.Encode(prompt).Ids, 1);
        }
        else
        {
            Prompting prompting = new(options, style, styleStrength);
            PromptProgram program = PromptProgram.Make(new RegionPlan(prompt, "", new DenoiseSettings(1, GuidanceInterval.Whole, 1)), prompting, 1);
            hidden = Assert.Single(new PromptEncoder(ops, network.Network, networks.Tokenizer, prompting).Encode(program).Variants);
        }
        using (hidden)
        {
            float[] values = new float[hidden.Shape.Count];
            ops.Download(hidden, values);
            return [.. values.Chunk(hidden.Shape.Channels)];
        }
    }

    private static void AssertClose(double[][] expected, float[][] actual)
    {
        Assert.Equal(expected.Length, actual.Length);
        for (int i = 0; i < expected.Length; i++)
        {
            for (int c = 0; c < expected[i].Length; c++) Assert.Equal(expected[i][c], actual[i][c], 1e-5);
        }
    }
}
