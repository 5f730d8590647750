namespace Depth2Img.Prompts.Weighted;

/// <summary>A stretch of a prompt and how much it counts.</summary>
/// <param name="Text">The text, without syntax.</param>
/// <param name="Weight">What the hidden states of its tokens are multiplied by; 1 leaves them.</param>
public readonly record struct WeightedText(string Text, double Weight);
