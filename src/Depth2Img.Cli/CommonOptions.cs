using System.CommandLine;
using System.CommandLine.Parsing;
using System.Globalization;
using Depth2Img.Checkpoints;
using Depth2Img.Compute;
using Depth2Img.Compute.Cpu;
using Depth2Img.Depth;
using Depth2Img.Hub;
using Depth2Img.Imaging;
using Depth2Img.Pipelines;

namespace Depth2Img.Cli;

/// <summary>Options that several commands have, made afresh for each.</summary>
internal static class CommonOptions
{
    public const string JsonName = "--json";

    public const string ModelDescription = "A model: a folder in diffusers' layout, a model that comes with the program, a short name such as sd2-depth, or owner/name[@revision], once 'models pull' or Python has fetched it.";

    public static Argument<string> ImageArgument() => new("IMAGE") { Description = "The picture: PNG, JPEG or BMP.", HelpName = "IMAGE" };

    public static Option<string> Model() => new("--model", "-m")
    {
        Description = ModelDescription,
        DefaultValueFactory = _ => EmbeddedModels.DemoName,
        HelpName = "MODEL",
    };

    public static Option<string?> DepthModel()
    {
        Option<string?> option = new("--depth-model") { Description = "Who estimates depth: tiefenrausch, checkpoint for the checkpoint's own network, or a depth network's folder. Default: the model's choice.", HelpName = "NAME" };
        option.CompletionSources.Add(DepthEstimators.Names.ToArray());
        return option;
    }

    public static Option<ColorMap?> ColorMap()
    {
        string[] names = [.. Enum.GetNames<ColorMap>().Select(n => n.ToLowerInvariant())];
        Option<ColorMap?> option = new("--colormap")
        {
            Description = $"Write the map in colour (.png): {string.Join(", ", names)}.",
            HelpName = "NAME",
            CustomParser = result =>
            {
                string name = result.Tokens[0].Value;
                if (names.Contains(name.ToLowerInvariant())) return Enum.Parse<ColorMap>(name, ignoreCase: true);
                result.AddError($"There is no colour map '{name}'; there are {string.Join(", ", names)}.");
                return null;
            },
        };
        option.CompletionSources.Add(names);
        return option;
    }

    /// <summary>The processor tier. Which ones the machine has is checked when the back end opens.</summary>
    public static Option<string?> Cpu()
    {
        Option<string?> option = new("--cpu") { Description = $"The kernels to run: {string.Join(", ", CpuBackends.Names)}. Default: DEPTH2IMG_CPU, or else the fastest.", HelpName = "NAME" };
        option.CompletionSources.Add(CpuBackends.Names.ToArray());
        return option;
    }

    public static Option<string> Precision() =>
        Choice("--precision", "auto takes 16-bit products where they are faster; float32 gives the same picture on every machine, but for rounding.", "auto", "auto", "float32");

    /// <summary>Opens the back end that the two options name.</summary>
    public static IBackend OpenBackend(ParseResult arguments, Option<string?> cpu, Option<string> precision) =>
        CpuBackends.Create(arguments.GetValue(cpu), arguments.GetValue(precision) == "float32" ? Compute.Cpu.Precision.Float32 : Compute.Cpu.Precision.Auto);

    public static Option<bool> Force() => new("--force", "-f") { Description = "Replace existing outputs." };

    public static Option<bool> NoMetadata() => new("--no-metadata") { Description = "Write no settings into the pictures." };

    public static Option<bool> Json() => new(JsonName) { Description = "For scripts: no progress, one JSON object on standard output." };

    /// <summary>Loads a picture and lets go of all that its decoder held, which is as much memory again for a large photograph.</summary>
    public static LoadedPicture LoadPicture(string path)
    {
        DecodedImage decoded = ImageFile.Load(path);
        return new LoadedPicture(decoded.ToRgb(), decoded.Profile, decoded.Warning);
    }

    /// <summary>The folder or file of a model named on the command line.</summary>
    public static string ResolveModel(string model) => ModelLocator.Find(model);

    /// <summary>One of a few words.</summary>
    public static Option<string> Choice(string name, string description, string fallback, params string[] words)
    {
        Option<string> option = new(name)
        {
            Description = description,
            HelpName = string.Join('|', words),
            DefaultValueFactory = _ => fallback,
            CustomParser = result =>
            {
                string text = result.Tokens[0].Value;
                if (words.Contains(text)) return text;
                result.AddError($"{name} is '{text}'; {string.Join(" or ", words)} is expected.");
                return null;
            },
        };
        option.CompletionSources.Add(words);
        return option;
    }

    /// <summary>Reads numbers with a point, whatever the culture; lets NaN through, which validation names.</summary>
    public static Option<double?> Number(string name, string description, string helpName) => new(name)
    {
        Description = description,
        HelpName = helpName,
        CustomParser = result => ParseNumber(name, result),
    };

    public static Option<int?> Whole(string name, string description, string helpName) => new(name)
    {
        Description = description,
        HelpName = helpName,
        CustomParser = result =>
        {
            string text = result.Tokens[0].Value;
            if (int.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out int value)) return value;
            result.AddError($"{name} is '{text}'; a whole number is expected.");
            return null;
        },
    };

    /// <summary>Makes settings of options; what is out of its range counts as a wrong command line.</summary>
    /// <exception cref="InvalidRequestException">A value is out of its range.</exception>
    public static T Checked<T>(Func<T> make)
    {
        try
        {
            return make();
        }
        catch (Depth2ImgException e)
        {
            throw new InvalidRequestException([new RequestFault(typeof(T).Name, e.Message)]);
        }
    }

    private static double? ParseNumber(string name, ArgumentResult result)
    {
        string text = result.Tokens[0].Value;
        if (double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out double value)) return value;
        result.AddError($"{name} is '{text}'; a number is expected.");
        return null;
    }
}

/// <summary>A picture, and what of its file is still needed.</summary>
/// <param name="Picture">The picture.</param>
/// <param name="Profile">Its colour profile; null if it has none.</param>
/// <param name="Warning">A sentence about damage that was passed over; null for a sound file.</param>
internal sealed record LoadedPicture(Image Picture, IccProfile? Profile, string? Warning);
