using Depth2Img.Prompts;

namespace Depth2Img.Pipelines;

/// <summary>Finds what a person would want to know of prompts before the pictures are looked at.</summary>
/// <param name="networks">The model.</param>
internal sealed class PromptWarnings(PipelineNetworks networks)
{
    /// <summary>Whole sentences.</summary>
    /// <param name="plan">The request.</param>
    /// <param name="programs">What its regions' prompts are.</param>
    public IEnumerable<string> Find(GenerationPlan plan, IReadOnlyList<PromptProgram> programs)
    {
        PromptOptions options = plan.Prompting.Options;
        ResolvedPrompt[] prompts = [.. programs.SelectMany(program => program.Prompts).Distinct()];
        foreach (ResolvedPrompt prompt in prompts)
        {
            PromptChunks chunks = PromptChunks.Of(networks.Tokenizer, prompt, options.LongPrompt);
            if (chunks.CutText.Length > 0)
                yield return $"The prompt has {chunks.TokenCount + 2} tokens and {networks.Tokenizer.ModelMaxLength} fit; this was cut off: \"{Shorten(chunks.CutText)}\".";
        }
        if (options.Syntax == PromptSyntax.Weighted && plan.Regions.FirstOrDefault(region => PromptExpansion.HasChoices(region.Prompt)) is { } region)
            yield return $"The choices in braces of \"{Shorten(region.Prompt)}\" were read as text; PromptExpansion.Expand makes a prompt of each.";
        if (options.Syntax == PromptSyntax.Weighted && plan.Regions.Any(region => region.Prompt.Contains("<lora:", StringComparison.OrdinalIgnoreCase)))
            yield return "A <lora:…> tag was read as text here: LoRAs are parts of the model, not of a layer or a style.";
        if (networks.Defaults.Vocabulary is not { Count: > 0 } vocabulary) yield break;
        IEnumerable<string> taught = networks.Embeddings.SelectMany(e => VocabularyCheck.UnknownWords(e.Token, []));
        string[] known = [.. vocabulary.Concat(taught), .. prompts.Any(prompt => prompt.BreaksChunks) ? (string[])["BREAK"] : []];
        string[] unknown = [.. prompts.SelectMany(prompt => VocabularyCheck.UnknownWords(prompt.Text, known)).Distinct(StringComparer.OrdinalIgnoreCase)];
        if (unknown.Length > 0)
            yield return $"{networks.Name} has never seen {(unknown.Length == 1 ? "the word" : "the words")} {Shorten(string.Join(", ", unknown.Select(w => $"\"{w}\"")))}, which will have no meaning for it.";
    }

    private static string Shorten(string text) => text.Length <= 200 ? text : $"{text[..150]} … {text[^40..]}";
}
