using System.CommandLine;
using System.CommandLine.Parsing;
using System.Globalization;
using Depth2Img.Depth;
using Depth2Img.Imaging;
using Depth2Img.Pipelines;
using Depth2Img.Prompts;
using Depth2Img.Schedulers;
using Depth2Img.Styles;

namespace Depth2Img.Cli.Generation;

/// <summary>The options that say what to make of a picture: everything of a request that is not the model's.</summary>
internal sealed class RequestArguments
{
    private readonly Option<string> _prompt;
    private readonly Option<string?> _negative = new("--negative", "-n") { Description = "What to keep away from.", HelpName = "TEXT" };
    private readonly PromptArguments _prompts;
    private readonly Option<double?> _strength = CommonOptions.Number("--strength", "How much is made anew, 0 to 1.", "S");
    private readonly Option<int?> _steps = CommonOptions.Whole("--steps", "Denoising steps of the full schedule.", "N");
    private readonly Option<double?> _guidance = CommonOptions.Number("--guidance", "How closely to follow the prompt, 0 to 100; 1 turns guidance off.", "G");
    private readonly Option<double?> _guidanceRescale = CommonOptions.Number("--guidance-rescale", "Take back the spread that guidance adds, 0 (off) to 1: keeps high guidance from burning colours out.", "R");
    private readonly Option<GuidanceInterval?> _guidanceInterval = SpeedOptions.GuidanceInterval();
    private readonly Option<int?> _reuseFeatures = SpeedOptions.ReuseFeatures();
    private readonly Option<bool> _fast = SpeedOptions.Fast();
    private readonly Option<long?> _seed = new("--seed") { Description = "Makes the same picture again. Default: a random one, which is printed.", HelpName = "N" };
    private readonly Option<string?> _scheduler = new("--scheduler") { Description = $"The sampler: {string.Join(", ", SchedulerNames.All)}. Default: the model's.", HelpName = "NAME" };
    private readonly Option<bool> _karras = new("--karras") { Description = "Space the noise levels as Karras et al. do, where the sampler can." };
    private readonly Option<int?> _count = CommonOptions.Whole("--count", "How many pictures; their names get -1, -2, ...", "N");
    private readonly Option<WorkingSize?> _size = new("--size") { Description = "The size to work at, outright.", HelpName = "WxH", CustomParser = ParseSize };
    private readonly Option<int?> _maxSize = CommonOptions.Whole("--max-size", "The longest side to work at; larger pictures are scaled down for the work.", "N");
    private readonly Option<string?> _depth = new("--depth", "-d") { Description = "A depth map of your own, white is near: PNG (8 or 16 bits), JPEG, .npy or .pfm.", HelpName = "MAP" };
    private readonly Option<bool> _invertDepth = new("--invert-depth") { Description = "White is far in the depth map." };
    private readonly Option<double?> _depthFar = CommonOptions.Number("--depth-far", "Cut the map here: what is farther becomes the farthest, 0 to 1.", "F");
    private readonly Option<double?> _depthNear = CommonOptions.Number("--depth-near", "Cut the map here: what is nearer becomes the nearest, 0 to 1.", "N");
    private readonly Option<double?> _depthGamma = CommonOptions.Number("--depth-gamma", "Bend the map; below 1 brings the middle nearer.", "G");
    private readonly Option<string?> _depthModel = CommonOptions.DepthModel();
    private readonly Option<string> _init = CommonOptions.Choice("--init", "At strength 1.0: start from the noised image, or from noise alone.", "image", "image", "noise");

    private readonly bool _strengthsApart;

    /// <summary>Makes the options.</summary>
    /// <param name="promptDescription">What the prompt is for.</param>
    /// <param name="promptRequired">Whether a command line without one is refused; else it is empty.</param>
    /// <param name="strengthsApart">Whether the command makes one picture at each of several strengths and has an option of its own for them: strength, count and init are left out.</param>
    /// <param name="styleRequired">Whether a command line without a style is refused.</param>
    public RequestArguments(string promptDescription = "What to make of the picture.", bool promptRequired = true, bool strengthsApart = false, bool styleRequired = false)
    {
        _strengthsApart = strengthsApart;
        _prompts = new PromptArguments(styleRequired);
        _prompt = new Option<string>("--prompt", "-p") { Description = promptDescription, Required = promptRequired, HelpName = "TEXT" };
        if (!promptRequired) _prompt.DefaultValueFactory = _ => "";
        _scheduler.CompletionSources.Add(SchedulerNames.All.ToArray());
    }

    /// <summary>Adds the options to a command.</summary>
    public void AddTo(Command command)
    {
        Option[] options =
        [
            _prompt, _negative, .. _prompts.All, _strength, _steps, _guidance, _guidanceRescale, _guidanceInterval, _reuseFeatures, _fast, _seed, _scheduler, _karras, _count, _size, _maxSize,
            _depth, _invertDepth, _depthFar, _depthNear, _depthGamma, _depthModel, _init,
        ];
        Option[] left = _strengthsApart ? [_strength, _count, _init] : [];
        foreach (Option option in options.Except(left)) command.Add(option);
    }

    /// <summary>The prompt as it was given.</summary>
    public string Prompt(ParseResult arguments) => arguments.GetValue(_prompt) ?? "";

    /// <summary>The styles that were asked for; null alone for none.</summary>
    /// <param name="arguments">The command line.</param>
    /// <param name="model">The model that they are for.</param>
    public IReadOnlyList<StylePreset?> Styles(ParseResult arguments, ModelChoice model) => _prompts.Styles(arguments, model);

    /// <summary>What a command that makes one request of a command line adds to it: the prompt's syntax, the style, how much a ControlNet steers.</summary>
    /// <param name="made">What <see cref="Read"/> made.</param>
    /// <param name="arguments">The command line.</param>
    /// <param name="models">The model's options, among which the syntax is.</param>
    /// <param name="model">The model.</param>
    /// <exception cref="Depth2ImgException">There are several styles, or the prompt has choices.</exception>
    public DepthToImageRequest Complete(DepthToImageRequest made, ParseResult arguments, ModelArguments models, ModelChoice model)
    {
        PromptForm form = Form(arguments, models, model, made.Prompt);
        return made with { ControlNet = models.ControlNet(arguments), PromptSyntax = form.Syntax, Style = form.Style };
    }

    /// <summary>The one syntax and style of a command line.</summary>
    /// <exception cref="Depth2ImgException">There are several styles, or the prompt has choices.</exception>
    public PromptForm Form(ParseResult arguments, ModelArguments models, ModelChoice model, string prompt)
    {
        IReadOnlyList<StylePreset?> styles = Styles(arguments, model);
        if (styles.Count > 1) throw new Depth2ImgException($"There are {styles.Count} styles; one can be used here.");
        PromptSyntax syntax = models.Syntax(arguments);
        if (syntax == PromptSyntax.Weighted && PromptExpansion.Expand(prompt) is { Count: > 1 } choices)
            throw new Depth2ImgException($"The prompt's choices make {choices.Count} prompts; one can be used here.");
        return new PromptForm(syntax, styles[0]);
    }

    /// <summary>How many pictures.</summary>
    public int Count(ParseResult arguments) => arguments.GetValue(_count) ?? 1;

    /// <summary>The seed; a random one if none is given.</summary>
    public long Seed(ParseResult arguments) => arguments.GetValue(_seed) ?? System.Random.Shared.NextInt64(1L << 32);

    /// <summary>The request. Reads the depth map, if one is named.</summary>
    /// <param name="arguments">The command line.</param>
    /// <param name="image">The picture.</param>
    /// <param name="prompt">The prompt without what is not text in it.</param>
    /// <param name="seed">The seed.</param>
    public DepthToImageRequest Read(ParseResult arguments, Image image, string prompt, long seed) => new()
    {
        Image = image,
        Prompt = prompt,
        NegativePrompt = arguments.GetValue(_negative),
        LongPrompt = _prompts.LongPrompt(arguments),
        RestorePromptMean = _prompts.RestoreMean(arguments),
        StyleStrength = _prompts.StyleStrength(arguments),
        GuidanceRescale = arguments.GetValue(_guidanceRescale) ?? 0,
        Strength = arguments.GetValue(_strength),
        Steps = arguments.GetValue(_steps),
        Guidance = arguments.GetValue(_guidance),
        GuidanceInterval = arguments.GetValue(_guidanceInterval),
        ReuseFeatures = arguments.GetValue(_reuseFeatures),
        Fast = arguments.GetValue(_fast),
        Seed = seed,
        Scheduler = arguments.GetValue(_scheduler),
        Karras = arguments.GetValue(_karras),
        Count = Count(arguments),
        Size = arguments.GetValue(_size),
        MaxSize = arguments.GetValue(_maxSize),
        Depth = arguments.GetValue(_depth) is { } map ? DepthMapFile.Load(map) : null,
        DepthAdjustment = new DepthAdjustment(arguments.GetValue(_invertDepth), arguments.GetValue(_depthFar) ?? 0, arguments.GetValue(_depthNear) ?? 1, arguments.GetValue(_depthGamma) ?? 1),
        DepthModel = arguments.GetValue(_depthModel),
        Init = arguments.GetValue(_init) == "noise" ? InitialLatents.Noise : InitialLatents.Image,
    };

    private static WorkingSize? ParseSize(ArgumentResult result)
    {
        string text = result.Tokens[0].Value;
        string[] sides = text.Split('x', 'X');
        if (sides.Length == 2
            && int.TryParse(sides[0], NumberStyles.None, CultureInfo.InvariantCulture, out int width)
            && int.TryParse(sides[1], NumberStyles.None, CultureInfo.InvariantCulture, out int height))
        {
            return new WorkingSize(width, height);
        }
        result.AddError($"--size is '{text}'; WIDTHxHEIGHT is expected, such as 512x384.");
        return null;
    }
}

/// <summary>How a prompt is put into words.</summary>
/// <param name="Syntax">What its brackets mean.</param>
/// <param name="Style">The style; null for none.</param>
internal sealed record PromptForm(PromptSyntax Syntax, StylePreset? Style);
