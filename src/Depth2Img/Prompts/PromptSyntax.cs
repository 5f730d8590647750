namespace Depth2Img.Prompts;

/// <summary>How a prompt is read.</summary>
public enum PromptSyntax
{
    /// <summary>Every character is text, as in diffusers.</summary>
    Plain,

    /// <summary>Brackets weigh words, schedule them and let them take turns: see <see cref="Weighted.WeightedPrompt"/>.</summary>
    Weighted,
}
