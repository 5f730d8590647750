using System.CommandLine;
using System.Globalization;
using Depth2Img.Adapters;
using Depth2Img.Cli.Generation;
using Depth2Img.Styles;

namespace Depth2Img.Cli.Batch.Planning;

/// <summary>
/// What a job is known by: a SHA-256 of all its settings, as their options read them, with the contents of files in place of
/// their names. Where files lie, where the outputs go, in which order settings are given and how numbers are written do not count;
/// nor does the program's version, so that a newer one does not make a finished batch anew.
/// </summary>
/// <param name="schema">What settings there are.</param>
/// <param name="files">Names for contents.</param>
internal sealed class JobIdentity(JobSchema schema, FileFingerprints files)
{
    /// <summary>Changed whenever the same settings should count as others.</summary>
    private const string Form = "depth2img job 3";

    /// <summary>The name that a path goes by among the settings that the model's own files stand for.</summary>
    private const string Model = "model", Adapters = "lora", Style = "style";

    /// <summary>Settings that say how much of the loaded ControlNet is used, not what is loaded.</summary>
    private const string OfControl = "controlnet-";

    /// <summary>The identity of a job.</summary>
    /// <param name="image">The picture's file.</param>
    /// <param name="arguments">The job's settings.</param>
    /// <param name="model">The model that they choose.</param>
    /// <param name="form">How the prompt is put into words.</param>
    /// <exception cref="Depth2ImgException">A file cannot be read.</exception>
    public string Of(string image, ParseResult arguments, ModelChoice model, PromptForm form) =>
        FileFingerprints.Digest([Form, files.Of(image), .. Describe(form.Style), .. schema.Names.Order(StringComparer.Ordinal).SelectMany(name => Describe(name, arguments, model))]);

    /// <summary>What is loaded for a job: jobs of which this is equal can share a loaded model.</summary>
    /// <param name="arguments">The job's settings.</param>
    /// <param name="model">The model that they choose.</param>
    /// <exception cref="Depth2ImgException">A file cannot be read.</exception>
    public string OfModel(ParseResult arguments, ModelChoice model) => FileFingerprints.Digest(schema.Names
        .Where(name => schema.IsOfModel(name) && !name.StartsWith(OfControl, StringComparison.Ordinal))
        .Order(StringComparer.Ordinal).SelectMany(name => Describe(name, arguments, model)));

    /// <summary>The seed of a job that names none: told by the picture alone, so that jobs on one picture can be compared.</summary>
    public long SeedOf(string image) => long.Parse(files.Of(image).AsSpan(0, 8), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture);

    /// <summary>A setting's name and values; nothing for one that is not given.</summary>
    private string[] Describe(string name, ParseResult arguments, ModelChoice model)
    {
        Option option = schema[name];
        string[] values = name switch
        {
            Model => [files.OfModel(model.Path)],
            // With those that the prompt names.
            Adapters => [.. model.Options.Adapters.Select(Describe)],
            // Known by what it says, which may change under its name.
            Style => [],
            _ => JobPaths.KindOf(option) switch
            {
                JobPaths.Kind.SearchFolder => [],
                JobPaths.Kind.None => Values(option, arguments),
                _ => [.. Tokens(option, arguments).Select(value => JobPaths.Split(value) is var (path, suffix) ? files.Of(path) + suffix : value)],
            },
        };
        return values.Length == 0 ? [] : [name, values.Length.ToString(CultureInfo.InvariantCulture), .. values];
    }

    private static string[] Describe(StylePreset? style) => style is null ? [] :
        [Style, style.Prompt, style.NegativePrompt, .. ((FormattableString[])[$"{style.Strength:R}", $"{style.Guidance:R}", $"{style.Steps}", $"{style.Scheduler}"]).Select(FormattableString.Invariant)];

    private string Describe(AdapterOptions adapter) =>
        string.Create(CultureInfo.InvariantCulture, $"{files.Of(adapter.Path)}:{adapter.UNetStrength}:{adapter.TextEncoderStrength}");

    /// <summary>Values as they were read where they have one way to be written, else as they were given.</summary>
    private static string[] Values(Option option, ParseResult arguments) => option switch
    {
        Option<bool> flag => arguments.GetValue(flag) ? ["true"] : [],
        Option<double?> number => arguments.GetValue(number) is { } value ? [value.ToString("R", CultureInfo.InvariantCulture)] : [],
        Option<int?> number => arguments.GetValue(number) is { } value ? [value.ToString(CultureInfo.InvariantCulture)] : [],
        Option<long?> number => arguments.GetValue(number) is { } value ? [value.ToString(CultureInfo.InvariantCulture)] : [],
        // With the default, so that it may be given or not.
        Option<string?> text => arguments.GetValue(text) is { } value ? [value] : [],
        _ => Tokens(option, arguments),
    };

    private static string[] Tokens(Option option, ParseResult arguments) => [.. (arguments.GetResult(option)?.Tokens ?? []).Select(token => token.Value)];
}
