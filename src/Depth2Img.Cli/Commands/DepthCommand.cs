using System.CommandLine;
using System.Globalization;
using Depth2Img.Cli.Output;
using Depth2Img.Compute;
using Depth2Img.Depth;
using Depth2Img.Imaging;

namespace Depth2Img.Cli.Commands;

/// <summary><c>depth2img depth</c>: a picture's depth map.</summary>
internal static class DepthCommand
{
    public static Command Create(TextWriter output, TextWriter error)
    {
        Argument<string> image = CommonOptions.ImageArgument();
        Option<string?> file = new("--output", "-o") { Description = "The map: .png (grayscale, white is near), or .npy or .pfm (raw inverse depth). Default: IMAGE-depth.png in this folder.", HelpName = "OUT" };
        Option<string> depthModel = new("--depth-model") { Description = "tiefenrausch, checkpoint for the network of --model, or a depth network's folder.", DefaultValueFactory = _ => "tiefenrausch", HelpName = "NAME" };
        depthModel.CompletionSources.Add(DepthEstimators.Names.ToArray());
        Option<string> model = CommonOptions.Model();
        Option<ColorMap?> colormap = CommonOptions.ColorMap();
        Option<string> bits = CommonOptions.Choice("--bits", "Bits of a grayscale PNG.", "16", "8", "16");
        Option<bool> invert = new("--invert-depth") { Description = "Turn the map round: white is far." };
        Option<double?> far = CommonOptions.Number("--depth-far", "Cut the map here: what is farther becomes the farthest, 0 to 1.", "F");
        Option<double?> near = CommonOptions.Number("--depth-near", "Cut the map here: what is nearer becomes the nearest, 0 to 1.", "N");
        Option<double?> gamma = CommonOptions.Number("--depth-gamma", "Bend the map; below 1 brings the middle nearer.", "G");
        Option<string?> compare = new("--compare") { Description = "Tell how well the map agrees with another of the same picture: PNG, JPEG, .npy or .pfm, white is near.", HelpName = "MAP" };
        Option<string?> cpu = CommonOptions.Cpu();
        Option<string> precision = CommonOptions.Precision();
        Option<bool> force = CommonOptions.Force(), json = CommonOptions.Json();

        Command command = new("depth", "Estimate a picture's depth.") { image, file, depthModel, model, colormap, bits, invert, far, near, gamma, compare, precision, cpu, force, json };
        command.SetAction(async (arguments, cancellationToken) =>
        {
            string imagePath = arguments.GetRequiredValue(image);
            string path = arguments.GetValue(file) ?? $"{Path.GetFileNameWithoutExtension(imagePath)}-depth.png";
            ColorMap? colors = arguments.GetValue(colormap);
            DepthAdjustment adjustment = new(arguments.GetValue(invert), arguments.GetValue(far) ?? 0, arguments.GetValue(near) ?? 1, arguments.GetValue(gamma) ?? 1);
            adjustment.Validate();
            DecodedImage decoded = ImageFile.Load(imagePath);
            DepthMap? other = arguments.GetValue(compare) is { } otherPath ? DepthMapFile.Load(otherPath) : null;
            Image picture = decoded.ToRgb().CompositeOn(255, 255, 255);
            if (colors is null) OutputFiles.Prepare(path, arguments.GetValue(force), ".png", ".npy", ".pfm");
            else OutputFiles.Prepare(path, arguments.GetValue(force), ".png");

            using IBackend backend = CommonOptions.OpenBackend(arguments, cpu, precision);
            (DepthMap depth, string by) = await Task.Run(() =>
            {
                using DepthEstimators estimators = DepthEstimators.Open(CommonOptions.ResolveModel(arguments.GetRequiredValue(model)), backend);
                IDepthEstimator estimator = estimators.Get(arguments.GetRequiredValue(depthModel));
                DepthMap raw = estimator.Estimate(picture, cancellationToken);
                return (adjustment.Apply(estimator.ResizeToPicture(raw, picture.Width, picture.Height)), estimator.Name);
            }, cancellationToken).ConfigureAwait(false);

            DepthMapFile.Save(path, depth, new DepthSaveOptions { Bits = arguments.GetValue(bits) == "8" ? 8 : 16, Colors = colors, Overwrite = arguments.GetValue(force) });
            (float furthest, float nearest) = depth.Range;
            Agreement? agreement = other is null ? null : Agreement.Of(depth, other.FitTo(depth.Width, depth.Height).Map);
            if (arguments.GetValue(json))
            {
                JsonReport.Write(output, new { output = path, depth.Width, depth.Height, far = furthest, near = nearest, warning = decoded.Warning, depthModel = by, agreement });
                return ExitCodes.Success;
            }
            if (decoded.Warning is not null) Messages.Warn(error, decoded.Warning);
            output.WriteLine(path);
            error.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{depth.Width}x{depth.Height}, inverse depth {furthest:0.####} (far) to {nearest:0.####} (near), by {by}"));
            if (agreement is not null) error.WriteLine(string.Create(CultureInfo.InvariantCulture, $"agrees with {arguments.GetValue(compare)}: correlation {agreement.Correlation:0.000}, of ranks {agreement.RankCorrelation:0.000}"));
            return ExitCodes.Success;
        });
        return command;
    }

    /// <summary>How well two maps of a picture agree, whatever their scales: 1 is all, 0 nothing, -1 the other way round.</summary>
    private sealed record Agreement(double Correlation, double RankCorrelation)
    {
        public static Agreement Of(DepthMap a, DepthMap b) => new(DepthMap.Correlation(a, b), DepthMap.RankCorrelation(a, b));
    }
}
