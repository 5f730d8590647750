namespace Depth2Img.Prompts;

/// <summary>A token that is matched as a whole, before words are cut.</summary>
/// <param name="Content">Its text.</param>
/// <param name="Id">Its id.</param>
/// <param name="IsNormalized">Whether it is looked for in the normalised text (so that capitals match) instead of the text as it was written.</param>
internal readonly record struct SpecialToken(string Content, int Id, bool IsNormalized);
