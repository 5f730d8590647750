using System.CommandLine;
using System.Diagnostics;
using System.Globalization;
using Depth2Img.Cli.Output;
using Depth2Img.Compute;
using Depth2Img.Depth;
using Depth2Img.Imaging;
using Depth2Img.Pipelines;
using Depth2Img.Prompts;
using Depth2Img.Styles;

namespace Depth2Img.Cli.Generation;

/// <summary>
/// What every command that makes a picture of a picture has: the picture, the request, the model, the outputs; and the run
/// itself. A command adds options of its own and refines the request with them.
/// </summary>
/// <param name="request">The options of the request.</param>
/// <param name="output">Receives results.</param>
/// <param name="error">Receives progress and messages.</param>
internal sealed class GenerationArguments(RequestArguments request, TextWriter output, TextWriter error)
{
    private readonly Argument<string> _image = CommonOptions.ImageArgument();
    private readonly Option<string?> _output = new("--output", "-o") { Description = "The new picture, .png or .jpg. Default: IMAGE-SEED.png in this folder.", HelpName = "OUT" };
    private readonly Option<string?> _saveDepth = new("--save-depth") { Description = "Write the depth map in use: .png (16 bits), .npy or .pfm.", HelpName = "FILE" };
    private readonly ModelArguments _model = new();
    private readonly Option<bool> _force = CommonOptions.Force();
    private readonly Option<bool> _noMetadata = CommonOptions.NoMetadata();
    private readonly Option<bool> _json = CommonOptions.Json();

    /// <summary>Adds argument and options to a command.</summary>
    public void AddTo(Command command)
    {
        command.Add(_image);
        command.Add(_output);
        request.AddTo(command);
        command.Add(_saveDepth);
        _model.AddTo(command);
        command.Add(_noMetadata);
        command.Add(_force);
        command.Add(_json);
    }

    /// <summary>Whether outputs may be replaced.</summary>
    public bool Force(ParseResult arguments) => arguments.GetValue(_force);

    /// <summary>Makes the pictures, writes them and reports.</summary>
    /// <param name="arguments">The command line.</param>
    /// <param name="refine">Puts the command's own options into each request, before anything is loaded; null for none.</param>
    /// <param name="finish">Writes what else the command makes of the result, of the first if there are several, and returns the files' names; null for nothing.</param>
    /// <param name="finishAll">The same of all that was made.</param>
    /// <param name="cancellationToken">Ends the work; no output is left half written.</param>
    public async Task<int> RunAsync(
        ParseResult arguments,
        Func<DepthToImageRequest, DepthToImageRequest>? refine = null,
        Func<DepthToImageResult, IReadOnlyList<string>>? finish = null,
        Func<IReadOnlyList<MadeVariant>, IReadOnlyList<string>>? finishAll = null,
        CancellationToken cancellationToken = default)
    {
        bool json = arguments.GetValue(_json), force = arguments.GetValue(_force);
        Stopwatch watch = Stopwatch.StartNew();

        // 1. Everything that can be refused is refused before a network is loaded.
        LoadedPicture loaded = CommonOptions.LoadPicture(arguments.GetRequiredValue(_image));
        List<PictureVariant> variants = Variants(arguments, loaded.Picture, refine);
        foreach (string file in variants.SelectMany(variant => variant.Outputs)) OutputFiles.Prepare(file, force, ".png", ".jpg", ".jpeg");
        string? depthPath = arguments.GetValue(_saveDepth);
        if (depthPath is not null) OutputFiles.Prepare(depthPath, force, ".png", ".npy", ".pfm");
        OutputFiles.RequireDifferent([.. variants.SelectMany(variant => variant.Outputs), .. depthPath is null ? (string[])[] : [depthPath]]);
        using IBackend backend = _model.OpenBackend(arguments);

        // 2. The work.
        double? firstStep = null;
        (IReadOnlyList<MadeVariant> made, IReadOnlyList<string> notes, DepthMap? pictureDepth) = await ProgressBar.RunAsync(error, !json, async progress =>
        {
            List<MadeVariant> done = [];
            DepthToImagePipeline pipeline = await variants[0].Model.LoadAsync(backend, cancellationToken).ConfigureAwait(false);
            try
            {
                FirstStepClock clock = new(watch, progress);
                foreach (PictureVariant variant in variants)
                {
                    if (done.Count > 0 && !variant.Model.IsSameAs(done[^1].Variant.Model))
                    {
                        pipeline.Dispose();
                        pipeline = await variant.Model.LoadAsync(backend, cancellationToken).ConfigureAwait(false);
                    }
                    done.Add(new MadeVariant(variant, await pipeline.GenerateAsync(variant.Request, clock, cancellationToken).ConfigureAwait(false)));
                }
                firstStep = clock.Seconds;
                (Image image, DepthToImageResult first) = (variants[0].Request.Image, done[0].Result);
                return (done, pipeline.Notes, depthPath is null ? null : pipeline.ResizeDepth(first.Depth, first.Settings.DepthModel, image.Width, image.Height));
            }
            finally
            {
                pipeline.Dispose();
            }
        }).ConfigureAwait(false);

        // 3. The results, all or none at the moment of Ctrl+C: each file appears whole.
        foreach ((PictureVariant variant, DepthToImageResult result) in made)
        {
            for (int n = 0; n < result.Images.Count; n++)
            {
                cancellationToken.ThrowIfCancellationRequested();
                ImageFile.Save(variant.Outputs[n], result.Images[n], new ImageSaveOptions
                {
                    Overwrite = force,
                    Profile = loaded.Profile,
                    Text = arguments.GetValue(_noMetadata) ? null : (result.Settings with { Index = n }).ToPngText(),
                });
            }
        }
        if (depthPath is not null) DepthMapFile.Save(depthPath, pictureDepth!, new DepthSaveOptions { Overwrite = force });
        IReadOnlyList<string> more = [.. finish?.Invoke(made[0].Result) ?? [], .. finishAll?.Invoke(made) ?? []];
        if (loaded.Warning is not null) notes = [loaded.Warning, .. notes];
        if (made.Any(m => (m.Result.Settings.Inpaint is not null || m.Variant.Request.Layers?.Layers.Any(layer => layer.Keep) == true) && m.Variant.Outputs.Any(file => ImageFile.FormatOf(file) == ImageFormat.Jpeg)))
            notes = [.. notes, "JPEG is lossy: what is kept differs a little from the input, too; a .png keeps it bit for bit."];
        GenerationReport report = new(made, depthPath, more, [.. notes, .. made.SelectMany(m => m.Result.Warnings).Distinct()], watch.Elapsed, firstStep);
        if (json) report.WriteJson(output);
        else report.WriteText(output, error);
        return ExitCodes.Success;
    }

    /// <summary>Every request that the command line asks for: each prompt that its choices make, in each style, all with one seed.</summary>
    private List<PictureVariant> Variants(ParseResult arguments, Image image, Func<DepthToImageRequest, DepthToImageRequest>? refine)
    {
        long seed = request.Seed(arguments);
        string path = arguments.GetValue(_output)
            ?? $"{Path.GetFileNameWithoutExtension(arguments.GetRequiredValue(_image))}-{seed.ToString(CultureInfo.InvariantCulture)}.png";
        PromptSyntax syntax = _model.Syntax(arguments);
        string given = request.Prompt(arguments);
        IReadOnlyList<string> prompts = syntax == PromptSyntax.Weighted ? PromptExpansion.Expand(given) : [given];
        DepthToImageRequest common = request.Read(arguments, image, given, seed) with { ControlNet = _model.ControlNet(arguments), PromptSyntax = syntax };
        int count = Math.Clamp(request.Count(arguments), 1, 64), number = prompts.Count * count;
        List<PictureVariant> variants = [];
        for (int p = 0; p < prompts.Count; p++)
        {
            (ModelChoice model, string prompt) = _model.Choose(arguments, prompts[p]);
            IReadOnlyList<StylePreset?> styles = request.Styles(arguments, model);
            foreach (StylePreset? style in styles)
            {
                DepthToImageRequest made = common with { Prompt = prompt, Style = style };
                string name = styles.Count == 1 ? path : OutputFiles.Named(path, style!.Name);
                variants.Add(new PictureVariant(model, refine?.Invoke(made) ?? made, [.. Enumerable.Range(p * count, count).Select(n => OutputFiles.Numbered(name, n, number))]));
            }
        }
        return variants;
    }
}
