using System.CommandLine;
using System.Diagnostics;
using System.Globalization;
using System.Text;
using Depth2Img.Cli.Generation;
using Depth2Img.Cli.Output;
using Depth2Img.Composition;
using Depth2Img.Compute;
using Depth2Img.Imaging;
using Depth2Img.IO;
using Depth2Img.Pipelines;

namespace Depth2Img.Cli.Commands;

/// <summary><c>depth2img compare</c>: image-to-image beside depth-to-image at several strengths, measured, as a figure and as a page.</summary>
internal sealed class CompareCommand
{
    private readonly Argument<string> _image = CommonOptions.ImageArgument();
    private readonly RequestArguments _request = new(strengthsApart: true);
    private readonly ComparisonArguments _comparison = new(0.2, 0.4, 0.6, 0.8, 1.0);
    private readonly ModelArguments _models = new();
    private readonly Option<string?> _output = new("--output", "-o") { Description = "The figure, .png or .jpg. Default: IMAGE-compare.png in this folder.", HelpName = "OUT" };
    private readonly Option<string?> _page = new("--html") { Description = "Write a page with a slider, too, which needs no other file.", HelpName = "PAGE" };
    private readonly Option<int?> _pictureSide = CommonOptions.Whole("--picture-side", $"The longer side of each picture in the figure, {CompositionFigure.MinPictureSide} to {CompositionFigure.MaxPictureSide}. Default: {CompositionFigure.DefaultPictureSide}.", "N");
    private readonly Option<bool> _force = CommonOptions.Force();
    private readonly Option<bool> _json = CommonOptions.Json();
    private readonly TextWriter _out;
    private readonly TextWriter _error;

    private CompareCommand(TextWriter output, TextWriter error)
    {
        _out = output;
        _error = error;
    }

    public static Command Create(TextWriter output, TextWriter error)
    {
        CompareCommand self = new(output, error);
        Command command = new("compare", "Show and measure what depth is for: pictures without it beside pictures with it, at several strengths.") { self._image, self._output, self._page, self._pictureSide };
        self._comparison.AddTo(command);
        self._request.AddTo(command);
        self._models.AddTo(command);
        command.Add(self._force);
        command.Add(self._json);
        command.SetAction(self.RunAsync);
        return command;
    }

    private async Task<int> RunAsync(ParseResult arguments, CancellationToken cancellationToken)
    {
        bool json = arguments.GetValue(_json), force = arguments.GetValue(_force);
        string imagePath = arguments.GetRequiredValue(_image);
        Stopwatch watch = Stopwatch.StartNew();

        // 1. Everything that can be refused is refused before a network is loaded.
        LoadedPicture decoded = CommonOptions.LoadPicture(imagePath);
        (ModelChoice model, string prompt) = _models.Choose(arguments, _request.Prompt(arguments));
        DepthToImageRequest generation = _request.Complete(_request.Read(arguments, decoded.Picture, prompt, _request.Seed(arguments)), arguments, _models, model);
        CompositionComparisonRequest request = _comparison.Read(arguments, generation);
        request.Validate();
        int side = arguments.GetValue(_pictureSide) ?? CompositionFigure.DefaultPictureSide;
        CompositionFigure.RequirePictureSide(side);
        string path = arguments.GetValue(_output) ?? $"{Path.GetFileNameWithoutExtension(imagePath)}-compare.png";
        OutputFiles.Prepare(path, force, ".png", ".jpg", ".jpeg");
        string? pagePath = arguments.GetValue(_page);
        if (pagePath is not null) OutputFiles.Prepare(pagePath, force, ".html", ".htm");
        ModelChoice? second = _comparison.ImageToImage(arguments, model);
        // Ten pictures of one model: its networks stay in memory, unless there are two of them.
        model = model with { Options = model.Options with { LowMemory = second is not null } };
        using IBackend backend = _models.OpenBackend(arguments);

        // 2. The work.
        CompositionComparison comparison = await ProgressBar.RunComparisonAsync(_error, !json, async progress =>
        {
            using DepthToImagePipeline pipeline = await model.LoadAsync(backend, cancellationToken).ConfigureAwait(false);
            using DepthToImagePipeline? imageToImage = second is null ? null : await second.LoadAsync(backend, cancellationToken).ConfigureAwait(false);
            return await new CompositionComparer(pipeline, imageToImage).CompareAsync(request, progress, cancellationToken).ConfigureAwait(false);
        }).ConfigureAwait(false);

        // 3. The results.
        cancellationToken.ThrowIfCancellationRequested();
        ImageFile.Save(path, CompositionFigure.Draw(comparison, side), new ImageSaveOptions { Overwrite = force });
        if (pagePath is not null) AtomicFile.Write(pagePath, stream => stream.Write(Encoding.UTF8.GetBytes(ComparisonPage.Render(comparison))), force);
        Report(comparison, decoded.Warning is null ? comparison.Warnings : [decoded.Warning, .. comparison.Warnings], path, pagePath, watch.Elapsed, json);
        return ExitCodes.Success;
    }

    private void Report(CompositionComparison comparison, IReadOnlyList<string> warnings, string path, string? page, TimeSpan elapsed, bool json)
    {
        GenerationSettings settings = comparison.Settings;
        if (json)
        {
            var pictures = comparison.Rows.SelectMany(row => row.Pictures.Select(p => new { method = row.Method, strength = p.Strength, depth = p.Score.Depth, edges = p.Score.Edges, settings = p.Settings }));
            JsonReport.Write(_out, new { output = path, page, scoreDepthModel = comparison.ScoreDepthModel, pictures, warnings, seconds = Math.Round(elapsed.TotalSeconds, 2) });
            return;
        }
        foreach (string warning in warnings) Messages.Warn(_error, warning);
        _out.WriteLine(path);
        if (page is not null) _out.WriteLine(page);
        foreach (ComparisonRow row in comparison.Rows)
        {
            foreach (ComparisonPicture picture in row.Pictures)
                _error.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{row.Label}, strength {picture.Strength}: depth {picture.Score.Depth:0.000}, edges {picture.Score.Edges:0.000}"));
        }
        _error.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"seed {settings.Seed}, {settings.Model}, depth by {settings.DepthModel}, measured by {comparison.ScoreDepthModel}, {settings.Backend}, {elapsed.TotalSeconds:0.0} s"));
    }
}
