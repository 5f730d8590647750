namespace Depth2Img.Prompts;

/// <summary>A token of a prompt and the characters that it stands for.</summary>
/// <param name="Id">The token's id.</param>
/// <param name="Start">Where its text begins in the prompt, in UTF-16 units.</param>
/// <param name="End">Where its text ends in the prompt (exclusive). Tokens that share a character, each having some of its bytes, all have the whole of it.</param>
public readonly record struct TokenSpan(int Id, int Start, int End);
