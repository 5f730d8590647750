namespace Depth2Img.Prompts;

/// <summary>What becomes of a prompt that is longer than the text encoder takes.</summary>
public enum LongPrompt
{
    /// <summary>The end is cut off, as in diffusers; a warning quotes it.</summary>
    Cut,

    /// <summary>
    /// Chunks of as many tokens as the text encoder takes are encoded each by itself and seen side by side. In the weighted
    /// syntax the word BREAK begins a new chunk.
    /// </summary>
    Chunks,
}
