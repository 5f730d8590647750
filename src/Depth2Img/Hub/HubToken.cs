namespace Depth2Img.Hub;

/// <summary>An access token, which shows itself to nobody: printed, it is the name of the place it came from.</summary>
internal sealed class HubToken
{
    private HubToken(string value, string source)
    {
        Value = value;
        Source = source;
    }

    /// <summary>The secret; for the Authorization header alone.</summary>
    public string Value { get; }

    /// <summary>Where it was found, for messages: "HF_TOKEN" or "the file '…'".</summary>
    public string Source { get; }

    /// <summary>A token from a variable or a file; null where that is blank.</summary>
    /// <exception cref="Depth2ImgException">It holds characters that no header may have. The message does not show it.</exception>
    public static HubToken? Read(string? value, string source)
    {
        string text = value?.Trim() ?? "";
        if (text.Length == 0) return null;
        if (text.Any(c => c is <= ' ' or > '~'))
            throw new Depth2ImgException($"The access token in {source} is no token: it has blanks, line ends or letters outside ASCII. Write the token alone there.");
        return new HubToken(text, source);
    }

    /// <inheritdoc/>
    public override string ToString() => Source;
}
