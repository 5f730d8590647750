namespace Depth2Img.Embeddings;

/// <summary>A textual inversion: words that a text encoder is taught by vectors of its own.</summary>
/// <param name="Path">A safetensors or torch file, as diffusers or the web UI writes it.</param>
/// <param name="Token">The text that stands for it in prompts; null takes what the file says, or else the file's name without its ending.</param>
public sealed record EmbeddingOptions(string Path, string? Token = null);
