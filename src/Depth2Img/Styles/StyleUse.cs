namespace Depth2Img.Styles;

/// <summary>A style as it was at hand, for a picture's settings.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Strength">How much of it, above 0 to 1.</param>
/// <param name="Prompt">Its template.</param>
/// <param name="NegativePrompt">What it keeps away from; may be empty.</param>
public sealed record StyleUse(string Name, double Strength, string Prompt, string NegativePrompt);
