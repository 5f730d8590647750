using System.CommandLine;
using System.Diagnostics;
using System.Globalization;
using Depth2Img.Cli.Output;
using Depth2Img.Compute;
using Depth2Img.Depth;
using Depth2Img.Imaging;
using Depth2Img.Pipelines;

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
    private readonly Option<bool> _noMetadata = new("--no-metadata") { Description = "Write no settings into the pictures." };
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
    /// <param name="refine">Puts the command's own options into the request, before anything is loaded; null for none.</param>
    /// <param name="finish">Writes what else the command makes of the result and returns the files' names; null for nothing.</param>
    /// <param name="cancellationToken">Ends the work; no output is left half written.</param>
    public async Task<int> RunAsync(
        ParseResult arguments,
        Func<DepthToImageRequest, DepthToImageRequest>? refine = null,
        Func<DepthToImageResult, IReadOnlyList<string>>? finish = null,
        CancellationToken cancellationToken = default)
    {
        bool json = arguments.GetValue(_json), force = arguments.GetValue(_force);
        string imagePath = arguments.GetRequiredValue(_image);
        Stopwatch watch = Stopwatch.StartNew();

        // 1. Everything that can be refused is refused before a network is loaded.
        long seed = request.Seed(arguments);
        int count = request.Count(arguments);
        string path = arguments.GetValue(_output) ?? $"{Path.GetFileNameWithoutExtension(imagePath)}-{seed.ToString(CultureInfo.InvariantCulture)}.png";
        DecodedImage decoded = ImageFile.Load(imagePath);
        (ModelChoice model, string prompt) = _model.Choose(arguments, request.Prompt(arguments));
        DepthToImageRequest made = request.Read(arguments, decoded.ToRgb(), prompt, seed) with { ControlNet = _model.ControlNet(arguments) };
        if (refine is not null) made = refine(made);
        string[] outputs = [.. Enumerable.Range(0, Math.Clamp(count, 1, 64)).Select(n => OutputFiles.Numbered(path, n, count))];
        foreach (string file in outputs) OutputFiles.Prepare(file, force, ".png", ".jpg", ".jpeg");
        string? depthPath = arguments.GetValue(_saveDepth);
        if (depthPath is not null) OutputFiles.Prepare(depthPath, force, ".png", ".npy", ".pfm");
        using IBackend backend = _model.OpenBackend(arguments);

        // 2. The work.
        double? firstStep = null;
        (DepthToImageResult result, IReadOnlyList<string> notes, DepthMap pictureDepth) = await ProgressBar.RunAsync(error, !json, async progress =>
        {
            using DepthToImagePipeline pipeline = await model.LoadAsync(backend, cancellationToken).ConfigureAwait(false);
            FirstStepClock clock = new(watch, progress);
            DepthToImageResult done = await pipeline.GenerateAsync(made, clock, cancellationToken).ConfigureAwait(false);
            firstStep = clock.Seconds;
            return (done, pipeline.Notes, pipeline.ResizeDepth(done.Depth, done.Settings.DepthModel, made.Image.Width, made.Image.Height));
        }).ConfigureAwait(false);

        // 3. The results, all or none at the moment of Ctrl+C: each file appears whole.
        for (int n = 0; n < result.Images.Count; n++)
        {
            cancellationToken.ThrowIfCancellationRequested();
            ImageFile.Save(outputs[n], result.Images[n], new ImageSaveOptions
            {
                Overwrite = force,
                Profile = decoded.Profile,
                Text = arguments.GetValue(_noMetadata) ? null : (result.Settings with { Index = n }).ToPngText(),
            });
        }
        if (depthPath is not null) DepthMapFile.Save(depthPath, pictureDepth, new DepthSaveOptions { Overwrite = force });
        IReadOnlyList<string> more = finish?.Invoke(result) ?? [];
        if (decoded.Warning is not null) notes = [decoded.Warning, .. notes];
        if (made.Inpaint is not null && outputs.Any(file => ImageFile.FormatOf(file) == ImageFormat.Jpeg))
            notes = [.. notes, "JPEG is lossy: what the mask keeps differs a little from the input, too; a .png keeps it bit for bit."];
        GenerationReport report = new(outputs, depthPath, more, result.Settings, [.. notes, .. result.Warnings], watch.Elapsed, firstStep);
        if (json) report.WriteJson(output);
        else report.WriteText(output, error);
        return ExitCodes.Success;
    }
}
