using System.CommandLine;
using System.Globalization;
using Depth2Img.Cli.Output;
using Depth2Img.Compute;
using Depth2Img.Depth;
using Depth2Img.Imaging;
using Depth2Img.IO;

namespace Depth2Img.Cli.Commands;

/// <summary><c>depth2img depth</c>: a picture's depth map.</summary>
internal static class DepthCommand
{
    public static Command Create(TextWriter output, TextWriter error)
    {
        Argument<string> image = CommonOptions.ImageArgument();
        Option<string[]> files = new("--output", "-o")
        {
            Description = "What to write, once for each file: .png (the map in gray, white is near, or what --view says), .npy or .pfm (raw inverse depth), .ply (point cloud), .glb (mesh), .apng (parallax animation). FILE:VIEW shows that view. Default: IMAGE-depth.png in this folder.",
            HelpName = "FILE[:VIEW]",
        };
        Option<string> view = CommonOptions.Choice("--view", "What pictures show that do not say: the map, a stereo pair side by side, an anaglyph for red and cyan glasses, or a parallax animation.", "map", DepthOutput.PictureViews);
        Option<string?> map = new("--depth", "-d") { Description = "Take this depth map instead of an estimate, white is near: PNG (8 or 16 bits), JPEG, .npy or .pfm.", HelpName = "MAP" };
        Option<string> depthModel = new("--depth-model") { Description = "tiefenrausch, checkpoint for the network of --model, or a depth network's folder.", DefaultValueFactory = _ => "tiefenrausch", HelpName = "NAME" };
        depthModel.CompletionSources.Add(DepthEstimators.Names.ToArray());
        Option<string> model = CommonOptions.Model();
        DepthViewOptions views = new();
        Option<bool> invert = new("--invert-depth") { Description = "Turn the map round: white is far." };
        Option<double?> far = CommonOptions.Number("--depth-far", "Cut the map here: what is farther becomes the farthest, 0 to 1.", "F");
        Option<double?> near = CommonOptions.Number("--depth-near", "Cut the map here: what is nearer becomes the nearest, 0 to 1.", "N");
        Option<double?> gamma = CommonOptions.Number("--depth-gamma", "Bend the map; below 1 brings the middle nearer.", "G");
        Option<string?> compare = new("--compare") { Description = "Tell how well the map agrees with another of the same picture: PNG, JPEG, .npy or .pfm, white is near.", HelpName = "MAP" };
        Option<string?> cpu = CommonOptions.Cpu();
        Option<string> precision = CommonOptions.Precision();
        Option<bool> force = CommonOptions.Force(), json = CommonOptions.Json();

        Command command = new("depth", "Estimate a picture's depth, and make maps, point clouds, meshes, stereo pictures and animations of it.") { image, files, view, map, depthModel, model, invert, far, near, gamma, compare, precision, cpu, force, json };
        views.AddTo(command);
        command.Add(DepthEditCommand.Create(output, error));
        command.SetAction(async (arguments, cancellationToken) =>
        {
            string imagePath = arguments.GetRequiredValue(image);
            DepthAdjustment adjustment = new(arguments.GetValue(invert), arguments.GetValue(far) ?? 0, arguments.GetValue(near) ?? 1, arguments.GetValue(gamma) ?? 1);
            DepthViewSettings settings = CommonOptions.Checked(() =>
            {
                adjustment.Validate();
                return views.Read(arguments, arguments.GetValue(force));
            });
            string[] names = arguments.GetValue(files) is { Length: > 0 } given ? given : [$"{Path.GetFileNameWithoutExtension(imagePath)}-depth.png"];
            DepthOutput[] outputs = Array.ConvertAll(names, name => DepthOutput.Prepare(name, arguments.GetRequiredValue(view), arguments.GetValue(force)));
            OutputFiles.RequireDifferent(outputs.Select(file => file.Path));
            if (settings.Map.Colors is not null && !Array.Exists(outputs, file => file.View == DepthView.Map && Path.GetExtension(file.Path).Equals(".png", StringComparison.OrdinalIgnoreCase)))
                throw new OutputException("--colormap colours a map that is written as .png, and none is.");
            (Image picture, _, string? pictureWarning) = CommonOptions.LoadPicture(imagePath);
            picture = picture.CompositeOn(255, 255, 255);
            DepthFit? own = arguments.GetValue(map) is { } mapPath ? DepthMapFile.Load(mapPath).FitTo(picture.Width, picture.Height) : null;
            DepthMap? other = arguments.GetValue(compare) is { } otherPath ? DepthMapFile.Load(otherPath) : null;
            string[] warnings = [.. new[] { pictureWarning, own?.Warning }.OfType<string>()];

            (DepthMap depth, string by) = own is not null
                ? (adjustment.Apply(own.Map), Path.GetFileName(arguments.GetValue(map))!)
                : await Task.Run(() =>
                {
                    using IBackend backend = CommonOptions.OpenBackend(arguments, cpu, precision);
                    using DepthEstimators estimators = DepthEstimators.Open(CommonOptions.ResolveModel(arguments.GetRequiredValue(model)), backend);
                    IDepthEstimator estimator = estimators.Get(arguments.GetRequiredValue(depthModel));
                    DepthMap raw = estimator.Estimate(picture, cancellationToken);
                    return (adjustment.Apply(estimator.ResizeToPicture(raw, picture.Width, picture.Height)), estimator.Name);
                }, cancellationToken).ConfigureAwait(false);
            foreach (DepthOutput file in outputs)
            {
                cancellationToken.ThrowIfCancellationRequested();
                await Task.Run(() => settings.Save(file, picture, depth), cancellationToken).ConfigureAwait(false);
            }
            Report(depth, by, Array.ConvertAll(outputs, file => file.Path), warnings, other, arguments.GetValue(compare), arguments.GetValue(json), output, error);
            return ExitCodes.Success;
        });
        return command;
    }

    private static void Report(DepthMap depth, string by, string[] outputs, string[] warnings, DepthMap? other, string? otherPath, bool json, TextWriter output, TextWriter error)
    {
        (float furthest, float nearest) = depth.Range;
        Agreement? agreement = other is null ? null : Agreement.Of(depth, other.FitTo(depth.Width, depth.Height).Map);
        if (json)
        {
            JsonReport.Write(output, new { output = outputs[0], outputs, depth.Width, depth.Height, far = furthest, near = nearest, warnings, depthModel = by, agreement });
            return;
        }
        foreach (string warning in warnings) Messages.Warn(error, warning);
        foreach (string path in outputs) output.WriteLine(path);
        error.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{depth.Width}x{depth.Height}, inverse depth {furthest:0.####} (far) to {nearest:0.####} (near), by {by}"));
        if (agreement is not null) error.WriteLine(string.Create(CultureInfo.InvariantCulture, $"agrees with {otherPath}: correlation {agreement.Correlation:0.000}, of ranks {agreement.RankCorrelation:0.000}"));
    }

    /// <summary>How well two maps of a picture agree, whatever their scales: 1 is all, 0 nothing, -1 the other way round.</summary>
    private sealed record Agreement(double Correlation, double RankCorrelation)
    {
        public static Agreement Of(DepthMap a, DepthMap b) => new(DepthMap.Correlation(a, b), DepthMap.RankCorrelation(a, b));
    }
}
