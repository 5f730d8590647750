namespace Depth2Img.Embeddings;

/// <summary>An embedding as it was at hand, for a picture's settings.</summary>
/// <param name="Token">The text that stands for it in prompts.</param>
/// <param name="Name">The file's name without its folder and ending.</param>
/// <param name="Vectors">How many places it takes in a prompt.</param>
/// <param name="Hash">The first ten digits of the file's SHA-256, as other programs of the field write it.</param>
public sealed record EmbeddingUse(string Token, string Name, int Vectors, string Hash);
