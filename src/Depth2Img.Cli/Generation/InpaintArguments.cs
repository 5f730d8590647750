using System.CommandLine;
using System.CommandLine.Parsing;
using System.Globalization;
using Depth2Img.Cli.Output;
using Depth2Img.Depth;
using Depth2Img.Imaging;
using Depth2Img.Inpainting;
using Depth2Img.Pipelines;

namespace Depth2Img.Cli.Generation;

/// <summary>The options that say which part of a picture is made anew, and how.</summary>
/// <param name="optional">Whether a command line may have none of them and then makes the whole picture; no file with the mask in use is offered then.</param>
internal sealed class InpaintArguments(bool optional = false)
{
    private const string Keep = "keep", FillIn = "fill";

    private static readonly InpaintSettings _defaults = new();

    private readonly Option<string?> _mask = new("--mask") { Description = "A painted mask of the picture's size, or that size scaled: white is repainted.", HelpName = "FILE" };
    private readonly Option<bool> _maskAlpha = new("--mask-alpha") { Description = "Repaint what is transparent in the picture." };
    private readonly Option<DepthRange?> _near = new("--near") { Description = "Repaint what lies in this range of the depth map, such as 0.6..1.0; 1 is nearest.", HelpName = "FROM..TO", CustomParser = ParseRange };
    private readonly Option<bool> _invert = new("--invert-mask") { Description = "Keep what the mask marks, and repaint the rest." };
    private readonly Option<int?> _feather = CommonOptions.Whole("--feather", $"How far the mask's edge is softened, in pixels of the picture. Default: {_defaults.Feather}.", "N");
    private readonly Option<string> _fill = CommonOptions.Choice("--fill", "What the masked part is before it is noised: its surroundings' colours, the picture, noise, or nothing.", "original", "fill", "original", "noise", "nothing");
    private readonly Option<bool> _onlyMasked = new("--only-masked") { Description = "Work on a part around the mask only, enlarged to the whole working size." };
    private readonly Option<int?> _padding = CommonOptions.Whole("--padding", $"With --only-masked: how much around the mask that part has, in pixels. Default: {_defaults.Padding}.", "N");
    private readonly Option<string> _depthInside = new("--depth-inside")
    {
        Description = "The masked part's depth: keep it, fill it from the surroundings (to remove a thing), or take it from a depth map (PNG, JPEG, .npy, .pfm; white is near).",
        DefaultValueFactory = _ => Keep,
        HelpName = "keep|fill|MAP",
    };
    private readonly Option<string?> _saveMask = new("--save-mask") { Description = "Write the softened mask in use (.png).", HelpName = "FILE" };

    /// <summary>Adds the options to a command, and the rules of which go together.</summary>
    public void AddTo(Command command)
    {
        _depthInside.CompletionSources.Add(Keep, FillIn);
        Option[] options = [_mask, _maskAlpha, _near, _invert, _feather, _fill, _onlyMasked, _padding, _depthInside];
        foreach (Option option in options) command.Add(option);
        if (!optional) command.Add(_saveMask);
        command.Validators.Add(result =>
        {
            if (optional && options.All(option => result.GetResult(option) is null or { Implicit: true })) return;
            List<string> masks = [];
            if (result.GetResult(_mask) is not null) masks.Add(_mask.Name);
            if (result.GetValue(_maskAlpha)) masks.Add(_maskAlpha.Name);
            if (result.GetResult(_near) is not null) masks.Add(_near.Name);
            if (masks.Count == 0) result.AddError("There is nothing to say what is repainted: one of --mask, --mask-alpha and --near is needed.");
            if (masks.Count > 1) result.AddError($"{string.Join(" and ", masks)} are both given; only one of them can say what is repainted.");
            if (result.GetResult(_padding) is not null && !result.GetValue(_onlyMasked)) result.AddError("--padding is how much around the mask is worked on with --only-masked, which is not given.");
        });
    }

    /// <summary>Whether a part of the picture is asked for.</summary>
    public bool AreGiven(ParseResult arguments) => arguments.GetValue(_maskAlpha) || arguments.GetValue(_mask) is not null || arguments.GetValue(_near) is not null;

    /// <summary>Puts the options into a request. Reads the mask and the depth map that are named.</summary>
    /// <param name="arguments">The command line.</param>
    /// <param name="request">The request.</param>
    /// <param name="force">Whether the mask's file may be replaced.</param>
    public DepthToImageRequest Refine(ParseResult arguments, DepthToImageRequest request, bool force = false)
    {
        if (!optional && arguments.GetValue(_saveMask) is { } file) OutputFiles.Prepare(file, force, ".png");
        string inside = arguments.GetRequiredValue(_depthInside);
        InpaintMask? mask = arguments.GetValue(_maskAlpha) ? InpaintMask.FromAlpha(request.Image)
            : arguments.GetValue(_mask) is { } path ? InpaintMask.FromPicture(ImageFile.Load(path))
            : null;
        return request with
        {
            Inpaint = new InpaintSettings
            {
                Mask = mask,
                Near = arguments.GetValue(_near),
                Invert = arguments.GetValue(_invert),
                Feather = arguments.GetValue(_feather) ?? _defaults.Feather,
                Fill = Enum.Parse<InpaintFill>(arguments.GetRequiredValue(_fill), ignoreCase: true),
                OnlyMasked = arguments.GetValue(_onlyMasked),
                Padding = arguments.GetValue(_padding) ?? _defaults.Padding,
                DepthInside = inside switch { Keep => InpaintDepth.Keep, FillIn => InpaintDepth.Fill, _ => InpaintDepth.Shape },
                Shape = inside is Keep or FillIn ? null : DepthMapFile.Load(inside),
            },
        };
    }

    /// <summary>Writes the mask, if it is wanted.</summary>
    /// <returns>The files that were written.</returns>
    public IReadOnlyList<string> Finish(ParseResult arguments, DepthToImageResult result, bool force)
    {
        if (arguments.GetValue(_saveMask) is not { } file) return [];
        result.Mask!.Save(file, force);
        return [file];
    }

    private static DepthRange? ParseRange(ArgumentResult result)
    {
        string text = result.Tokens[0].Value;
        string[] ends = text.Split("..");
        if (ends.Length == 2
            && double.TryParse(ends[0], NumberStyles.Float, CultureInfo.InvariantCulture, out double from)
            && double.TryParse(ends[1], NumberStyles.Float, CultureInfo.InvariantCulture, out double to))
        {
            return new DepthRange(from, to);
        }
        result.AddError($"--near is '{text}'; FROM..TO is expected, such as 0.6..1.0.");
        return null;
    }
}
