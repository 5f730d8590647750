using System.CommandLine;
using Depth2Img.Prompts;
using Depth2Img.Styles;

namespace Depth2Img.Cli.Generation;

/// <summary>The options that say how prompts are put into words and encoded, but for the syntax, which the model's LoRAs need too.</summary>
internal sealed class PromptArguments
{
    private const string Chunks = "chunks";

    /// <summary>Stands for every style that suits the model.</summary>
    private const string Every = "all";

    private readonly Option<string> _longPrompt = CommonOptions.Choice("--long-prompt", "What becomes of a prompt of more than 75 tokens: its end is cut off, or it is encoded in chunks of 75.", "cut", "cut", Chunks);
    private readonly Option<bool> _restoreMean = new("--restore-mean") { Description = "Bring a weighted prompt's mean back to what it was without weights." };
    private readonly Option<string[]> _style;
    private readonly Option<double?> _styleStrength = CommonOptions.Number("--style-strength", "How much of the style, from 0, the plain prompt, to 1, the styled one. Default: 1.", "S");

    /// <summary>Makes the options.</summary>
    /// <param name="styleRequired">Whether a command line without a style is refused.</param>
    public PromptArguments(bool styleRequired) => _style = new Option<string[]>("--style")
    {
        Description = "A style by its name ('depth2img styles list') or its .json file; several make a picture each, and so does 'all' of those that suit the model.",
        HelpName = "NAME",
        Required = styleRequired,
    };

    /// <summary>All of them, for a command.</summary>
    public IEnumerable<Option> All => [_style, _styleStrength, _longPrompt, _restoreMean];

    /// <summary>What becomes of what does not fit.</summary>
    public LongPrompt LongPrompt(ParseResult arguments) => arguments.GetValue(_longPrompt) == Chunks ? Prompts.LongPrompt.Chunks : Prompts.LongPrompt.Cut;

    /// <summary>Whether the mean is brought back.</summary>
    public bool RestoreMean(ParseResult arguments) => arguments.GetValue(_restoreMean);

    /// <summary>How much of the style.</summary>
    public double StyleStrength(ParseResult arguments) => arguments.GetValue(_styleStrength) ?? 1;

    /// <summary>The styles that were asked for, each once; null alone for none.</summary>
    public IReadOnlyList<StylePreset?> Styles(ParseResult arguments, ModelChoice model)
    {
        if (arguments.GetValue(_style) is not { Length: > 0 } names) return [null];
        StyleLibrary library = new();
        List<StylePreset?> styles = [];
        foreach (string name in names)
        {
            if (name == Every) styles.AddRange(library.Suiting(model.Vocabulary));
            else styles.Add(library.Find(name));
        }
        if (styles.Count == 0) throw new Depth2ImgException("No style is made of words that the model knows; name one, or add your own.");
        return [.. styles.Distinct()];
    }
}
