namespace Depth2Img.Server.Tests.Fuzz;

/// <summary>An address that takes a body.</summary>
/// <param name="Path">Its path.</param>
/// <param name="Shape">Its family's manner of refusing.</param>
/// <param name="Needed">The fields of a request that is sound, as JSON text.</param>
/// <param name="Others">Sound values of all other fields.</param>
/// <param name="Pictures">Which fields hold a picture in base64.</param>
/// <param name="Check">What is wrong with an answer of success; null for nothing.</param>
internal sealed record FuzzTarget(
    string Path, ApiShape Shape, IReadOnlyDictionary<string, string> Needed, IReadOnlyDictionary<string, string> Others, IReadOnlyList<string> Pictures, Func<FuzzAnswer, string?> Check)
{
    /// <summary>Whether a form is taken as well as JSON.</summary>
    public bool TakesForm { get; init; }

    /// <summary>Whether only a form is taken.</summary>
    public bool OnlyForm { get; init; }

    /// <summary>A cookie without which nothing is taken; null if none is needed.</summary>
    public string? Cookie { get; init; }

    /// <summary>All of them.</summary>
    public IReadOnlyList<string> Fields => [.. Needed.Keys, .. Others.Keys];

    public override string ToString() => Path;
}

/// <summary>An answer, read whole.</summary>
/// <param name="Status">The status; 0 if the connection was closed without one.</param>
/// <param name="Type">The content type.</param>
/// <param name="Body">The body.</param>
internal sealed record FuzzAnswer(int Status, string? Type, byte[] Body)
{
    /// <summary>The body as text.</summary>
    public string Text => System.Text.Encoding.UTF8.GetString(Body);
}
