namespace Depth2Img.Prompts.Weighted;

/// <summary>
/// A prompt in the weighted syntax, which is that of AUTOMATIC1111's web UI:
/// <list type="bullet">
/// <item><c>(word:1.3)</c> multiplies the hidden states of the word's tokens by 1.3; <c>(word)</c> by 1.1; <c>[word]</c> by 1/1.1;
/// nested brackets multiply.</item>
/// <item><c>[a:b:0.5]</c> is a, and after half of the run b; <c>[a::0.5]</c> takes a away, <c>[b:0.5]</c> or <c>[:b:0.5]</c> adds b.
/// A number with a point that is at most 1 is a fraction of the evaluations that run, any other a number of them.</item>
/// <item><c>[a|b]</c> takes turns, one evaluation each.</item>
/// <item>A backslash makes text of one of <c>()[]{}|:\</c> after it. Brackets without a partner are text.</item>
/// </list>
/// </summary>
public sealed class WeightedPrompt
{
    private readonly IReadOnlyList<PromptNode> _nodes;

    private WeightedPrompt(IReadOnlyList<PromptNode> nodes) => _nodes = nodes;

    /// <summary>Reads a prompt. Any text can be read.</summary>
    public static WeightedPrompt Parse(string prompt)
    {
        ArgumentNullException.ThrowIfNull(prompt);
        return new WeightedPrompt(PromptParser.Parse(prompt));
    }

    /// <summary>What the prompt is in one evaluation: stretches of text in order, no two neighbours of one weight, none empty.</summary>
    /// <param name="evaluation">From 0.</param>
    /// <param name="evaluations">How many the run has.</param>
    public IReadOnlyList<WeightedText> At(int evaluation, int evaluations)
    {
        List<WeightedText> texts = [];
        foreach ((PromptLiteral literal, double weight) in Literals(_nodes, 1, evaluation, evaluations))
        {
            if (texts.Count > 0 && texts[^1].Weight == weight) texts[^1] = new WeightedText(texts[^1].Text + literal.Text, weight);
            else texts.Add(new WeightedText(literal.Text, weight));
        }
        return texts;
    }

    /// <summary>Where each character of the texts of one evaluation stands in the prompt, in the texts' order.</summary>
    /// <inheritdoc cref="At"/>
    internal IReadOnlyList<int> PlacesAt(int evaluation, int evaluations) =>
        [.. Literals(_nodes, 1, evaluation, evaluations).SelectMany(found => found.Literal.Places)];

    private static IEnumerable<(PromptLiteral Literal, double Weight)> Literals(IReadOnlyList<PromptNode> nodes, double weight, int evaluation, int evaluations) => nodes.SelectMany(node => node switch
    {
        PromptLiteral literal => [(literal, weight)],
        PromptEmphasis emphasis => Literals(emphasis.Content, weight * emphasis.Weight, evaluation, evaluations),
        PromptChange change => Literals(change.When.IsAfter(evaluation, evaluations) ? change.Before : change.After, weight, evaluation, evaluations),
        PromptTurns turns => Literals(turns.Options[evaluation % turns.Options.Count], weight, evaluation, evaluations),
        _ => [],
    });

    /// <summary>The prompt written so that it is read as the same again; weights as numbers.</summary>
    public override string ToString() => PromptPrinter.Print(_nodes);
}
