using Depth2Img.Depth;
using Depth2Img.Imaging;
using Depth2Img.Inpainting;
using Depth2Img.Layers;
using Depth2Img.Prompts;
using Depth2Img.Styles;

namespace Depth2Img.Pipelines;

/// <summary>What the first latents are made of at strength 1.0.</summary>
public enum InitialLatents
{
    /// <summary>The picture, noised to the first step. Even at strength 1.0 a trace of its colours remains, as in diffusers.</summary>
    Image,
    /// <summary>Pure noise: of the picture only its depth is used. Needs strength 1.0.</summary>
    Noise,
}

/// <summary>
/// One request: a picture, a prompt, and settings. What is null is taken from the model's own defaults; what was used
/// is told in the result's <see cref="GenerationSettings"/>.
/// </summary>
public sealed record DepthToImageRequest
{
    /// <summary>The picture whose composition is kept. Transparent parts are seen on white.</summary>
    public required Image Image { get; init; }

    /// <summary>What to make of it. May be empty.</summary>
    public required string Prompt { get; init; }

    /// <summary>What to keep away from; the empty text by default.</summary>
    public string? NegativePrompt { get; init; }

    /// <summary>How both prompts are read: as text, as diffusers does, or with weights, schedules and turns (<see cref="Prompts.Weighted.WeightedPrompt"/>).</summary>
    public PromptSyntax PromptSyntax { get; init; }

    /// <summary>What becomes of a prompt that is longer than the text encoder takes.</summary>
    public LongPrompt LongPrompt { get; init; }

    /// <summary>
    /// Whether the mean of a weighted prompt's hidden states is brought back to what it was without weights, as
    /// AUTOMATIC1111's web UI does by default. Has no effect on prompts without weights.
    /// </summary>
    public bool RestorePromptMean { get; init; }

    /// <summary>
    /// A style to put the prompts into; null for none. Its strength, guidance, steps and scheduler count where this request
    /// has none itself.
    /// </summary>
    public StylePreset? Style { get; init; }

    /// <summary>
    /// How much of the style, 0 to 1: the prompts' hidden states go from the plain prompts' to the styled ones'. 0 is no style
    /// at all, its settings included; 1 is the styled prompt, as if it had been typed.
    /// </summary>
    public double StyleStrength { get; init; } = 1;

    /// <summary>How much is made anew, 0 to 1: 0 only encodes and decodes, 1 starts from (nearly) pure noise.</summary>
    public double? Strength { get; init; }

    /// <summary>Denoising steps of the full schedule, 1 to the model's training steps (1000); steps x strength of them run.</summary>
    public int? Steps { get; init; }

    /// <summary>Classifier-free guidance, 0 to 100: higher follows the prompt more; 1 or less evaluates no negative prompt.</summary>
    public double? Guidance { get; init; }

    /// <summary>
    /// How much of the spread that guidance adds is taken back, 0 to 1 (Lin et al., "Common diffusion noise schedules and
    /// sample steps are flawed", 2023, who take 0.7): keeps high guidance from burning colours out. 0 is off.
    /// </summary>
    public double GuidanceRescale { get; init; }

    /// <summary>
    /// The part of the run that is guided, in fractions of it; null guides all of it, as diffusers does. Outside it
    /// the unconditional half is not evaluated.
    /// </summary>
    public GuidanceInterval? GuidanceInterval { get; init; }

    /// <summary>
    /// Re-uses the UNet's deep features between steps: every how many evaluations it runs whole, 1 to 10; the others
    /// run its outermost blocks only. Null or 1 runs it whole always, as diffusers does.
    /// </summary>
    public int? ReuseFeatures { get; init; }

    /// <summary>
    /// Sets the options that save much work and change the picture little, where this request does not set them
    /// itself; a warning of the result says what was traded, and its settings have the values.
    /// </summary>
    public bool Fast { get; init; }

    /// <summary>Whether reports of progress carry a preview of the picture in the making.</summary>
    public bool Previews { get; init; }

    /// <summary>Any number; the low 32 bits count, as in torch. Null draws one, which the result tells.</summary>
    public long? Seed { get; init; }

    /// <summary>A scheduler's name ("pndm", "euler-a", "dpm++2m"); null takes the model's own.</summary>
    public string? Scheduler { get; init; }

    /// <summary>Whether to space the noise levels as Karras et al. (2022) do, where the scheduler can.</summary>
    public bool Karras { get; init; }

    /// <summary>How many pictures, 1 to 64: all from one stream of random numbers.</summary>
    public int Count { get; init; } = 1;

    /// <summary>The working size outright, in pixels; null derives it from the picture.</summary>
    public WorkingSize? Size { get; init; }

    /// <summary>The longest side to work at; larger pictures are scaled down. Null takes the model's.</summary>
    public int? MaxSize { get; init; }

    /// <summary>A depth map of the picture's own; null estimates one.</summary>
    public DepthMap? Depth { get; init; }

    /// <summary>Corrections of the depth map, given or estimated.</summary>
    public DepthAdjustment DepthAdjustment { get; init; } = DepthAdjustment.None;

    /// <summary>Who estimates depth: "checkpoint", "tiefenrausch", or the folder of a depth network (DPT, Depth Anything); null takes the model's default.</summary>
    public string? DepthModel { get; init; }

    /// <summary>How much the pipeline's ControlNet steers, and when; null steers with weight 1 all through the run. Needs a ControlNet.</summary>
    public ControlNetSettings? ControlNet { get; init; }

    /// <summary>
    /// The picture in layers that are made anew each by itself, with prompts and settings of their own; null makes it as
    /// one. What a layer does not say is the request's.
    /// </summary>
    public DepthLayers? Layers { get; init; }

    /// <summary>What the first latents are made of at strength 1.0.</summary>
    public InitialLatents Init { get; init; }

    /// <summary>Makes a part of the picture anew and keeps the rest bit for bit, transparency included; null makes all of it anew.</summary>
    public InpaintSettings? Inpaint { get; init; }
}
