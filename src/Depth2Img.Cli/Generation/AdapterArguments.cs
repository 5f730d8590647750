using System.CommandLine;
using System.Globalization;
using Depth2Img.Adapters;
using Depth2Img.Embeddings;
using Depth2Img.Prompts;

namespace Depth2Img.Cli.Generation;

/// <summary>Options that put LoRAs and textual inversions into a model.</summary>
internal sealed class AdapterArguments
{
    private const string Weighted = "weighted";

    private readonly Option<AdapterOptions[]> _lora = new("--lora")
    {
        Description = "Put a LoRA (or LoCon, LoHa, LoKr) into the model, with its strength for the UNet and for the text encoder; may be given several times.",
        HelpName = "FILE[:0.8[:0.5]]",
        CustomParser = result => [.. result.Tokens.Select(token => ParseLora(token.Value))],
    };

    private readonly Option<EmbeddingOptions[]> _embedding = new("--embedding")
    {
        Description = "Teach the text encoder a word (textual inversion), under its own name or another; may be given several times.",
        HelpName = "FILE[:WORD]",
        CustomParser = result => [.. result.Tokens.Select(token => ParseEmbedding(token.Value))],
    };

    private readonly Option<string[]> _loraDir = new("--lora-dir")
    {
        Description = "Where LoRAs that the prompt names are; may be given several times. Default: the folder 'loras' beside the model.",
        HelpName = "FOLDER",
    };

    private readonly Option<string> _syntax = CommonOptions.Choice(
        "--prompt-syntax", "weighted: brackets weigh words, as in (word:1.3), and change them in the run, braces are choices, and LoRAs may be named, as in <lora:name:0.8>; plain: all is text.", "plain", "plain", Weighted);

    /// <summary>Adds the options to a command, and the rule of which go together.</summary>
    public void AddTo(Command command)
    {
        foreach (Option option in (Option[])[_lora, _loraDir, _embedding, _syntax]) command.Add(option);
        command.Validators.Add(result =>
        {
            if (result.GetResult(_loraDir) is not null && result.GetValue(_syntax) != Weighted)
                result.AddError("--lora-dir is where LoRAs that the prompt names are, and the prompt is plain text; --prompt-syntax weighted lets it name them.");
        });
    }

    /// <summary>The textual inversions.</summary>
    public IReadOnlyList<EmbeddingOptions> Embeddings(ParseResult arguments) => arguments.GetValue(_embedding) ?? [];

    /// <summary>How prompts are read.</summary>
    public PromptSyntax Syntax(ParseResult arguments) => arguments.GetValue(_syntax) == Weighted ? PromptSyntax.Weighted : PromptSyntax.Plain;

    /// <summary>The adapters, those that the prompt names last, and the prompt without their names.</summary>
    /// <param name="arguments">The command line.</param>
    /// <param name="model">The model's folder or file.</param>
    /// <param name="prompt">The prompt as it was given.</param>
    public (IReadOnlyList<AdapterOptions> Adapters, string Prompt) Adapters(ParseResult arguments, string model, string prompt)
    {
        AdapterOptions[] given = arguments.GetValue(_lora) ?? [];
        if (Syntax(arguments) == PromptSyntax.Plain) return (given, prompt);
        string text = PromptTags.Extract(prompt, out IReadOnlyList<LoraTag> tags);
        string[] folders = arguments.GetValue(_loraDir) is { Length: > 0 } named ? named : [BesideModel(model)];
        return ([.. given, .. tags.Select(t => new AdapterOptions(AdapterFolders.Find(t.Name, folders), t.UNetStrength, t.TextEncoderStrength))], text);
    }

    /// <summary>FILE, FILE:S or FILE:S:T. Numbers are taken from the end, so that a file's own colons (a drive's, say) stay.</summary>
    internal static AdapterOptions ParseLora(string text)
    {
        List<double> strengths = [];
        string path = text;
        while (strengths.Count < 2 && path.LastIndexOf(':') is > 0 and int colon && TryParse(path[(colon + 1)..], out double strength))
        {
            strengths.Insert(0, strength);
            path = path[..colon];
        }
        return strengths switch
        {
            [] => new AdapterOptions(path),
            [double both] => new AdapterOptions(path, both, both),
            [double unet, double textEncoder, ..] => new AdapterOptions(path, unet, textEncoder),
        };
    }

    /// <summary>FILE or FILE:WORD. A colon after one letter is a drive's, and a word has no separators of folders.</summary>
    internal static EmbeddingOptions ParseEmbedding(string text)
    {
        int colon = text.LastIndexOf(':');
        if (colon <= 1 || colon == text.Length - 1 || text.AsSpan(colon).IndexOfAny('/', '\\') >= 0) return new EmbeddingOptions(text);
        return new EmbeddingOptions(text[..colon], text[(colon + 1)..]);
    }

    private static string BesideModel(string model) =>
        Path.Combine(Path.GetDirectoryName(Path.TrimEndingDirectorySeparator(Path.GetFullPath(model))) ?? ".", AdapterFolders.FolderName);

    private static bool TryParse(string text, out double value) => double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out value);
}
