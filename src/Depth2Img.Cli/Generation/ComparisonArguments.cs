using System.CommandLine;
using System.CommandLine.Parsing;
using System.Globalization;
using Depth2Img.Checkpoints;
using Depth2Img.Composition;
using Depth2Img.Depth;
using Depth2Img.Pipelines;

namespace Depth2Img.Cli.Generation;

/// <summary>The options of commands that hold depth-to-image against image-to-image.</summary>
internal sealed class ComparisonArguments
{
    private readonly Option<double[]> _strengths;

    private readonly Option<string?> _imageToImage = new("--img2img-model")
    {
        Description = "The model of the row without depth: a text-to-image checkpoint of the same family. Default: the model itself, with depth withheld.",
        HelpName = "MODEL",
    };

    private readonly Option<string?> _scoreDepthModel = new("--score-depth-model")
    {
        Description = "Who measures depth: checkpoint, tiefenrausch or a depth network's folder, but not the one that the pictures follow. Default: another one.",
        HelpName = "NAME",
    };

    /// <summary>Makes the options.</summary>
    /// <param name="strengths">The strengths if none are given.</param>
    public ComparisonArguments(params double[] strengths)
    {
        _strengths = new Option<double[]>("--strengths")
        {
            Description = "How much is made anew, 0 to 1 each; at 1 all pictures start from pure noise.",
            HelpName = "S,S,...",
            CustomParser = ParseStrengths,
            DefaultValueFactory = _ => strengths,
        };
        _scoreDepthModel.CompletionSources.Add(DepthEstimators.Names.ToArray());
    }

    /// <summary>Adds the options to a command.</summary>
    public void AddTo(Command command)
    {
        command.Add(_strengths);
        command.Add(_imageToImage);
        command.Add(_scoreDepthModel);
    }

    /// <summary>A comparison of one request.</summary>
    public CompositionComparisonRequest Read(ParseResult arguments, DepthToImageRequest generation) => new()
    {
        Generation = generation,
        Strengths = arguments.GetRequiredValue(_strengths),
        ScoreDepthModel = arguments.GetValue(_scoreDepthModel),
    };

    /// <summary>The model of the row without depth, loaded like the other; null if none is given.</summary>
    public ModelChoice? ImageToImage(ParseResult arguments, ModelChoice depthToImage)
    {
        if (arguments.GetValue(_imageToImage) is not { } name) return null;
        // What a checkpoint does not tell of itself was said of the other one.
        PipelineOptions options = depthToImage.Options with { ImageToImage = true, ControlNet = null, Checkpoint = new CheckpointOptions { Variant = depthToImage.Options.Checkpoint.Variant } };
        return new ModelChoice(CommonOptions.ResolveModel(name), options);
    }

    private static double[] ParseStrengths(ArgumentResult result)
    {
        string text = result.Tokens[0].Value;
        List<double> strengths = [];
        foreach (string part in text.Split(','))
        {
            if (double.TryParse(part, NumberStyles.Float, CultureInfo.InvariantCulture, out double strength))
            {
                strengths.Add(strength);
                continue;
            }
            result.AddError($"--strengths is '{text}'; numbers from 0 to 1 with commas between them are expected, such as 0.2,0.6,1.");
            return [];
        }
        return [.. strengths];
    }
}
