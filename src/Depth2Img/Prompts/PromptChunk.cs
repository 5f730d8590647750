namespace Depth2Img.Prompts;

/// <summary>As much of a prompt as the text encoder takes at once.</summary>
/// <param name="Ids">Start, tokens, end, padding: <see cref="ClipTokenizer.ModelMaxLength"/> ids.</param>
/// <param name="Weights">What each id's hidden state is multiplied by; null if all are 1.</param>
internal sealed record PromptChunk(int[] Ids, float[]? Weights);
