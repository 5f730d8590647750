namespace Depth2Img.Server.Http;

/// <summary>Clients' texts in messages, which must not be as long as what was sent.</summary>
internal static class ShortText
{
    private const int Most = 60;

    /// <summary>A text's beginning, cut at a whole character.</summary>
    public static string Of(string text) => text.Length <= Most ? text : text[..(char.IsHighSurrogate(text[Most - 1]) ? Most - 1 : Most)] + "…";
}
