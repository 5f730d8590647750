namespace Depth2Img.Server.Api.Sdapi;

/// <summary>
/// The settings that clients of AUTOMATIC1111's API set once and count on afterwards. There they are the server's; here each
/// client has its own, for the others' sake.
/// </summary>
/// <param name="Model">The model that requests take which name none; null for the server's default.</param>
/// <param name="SamplesFormat">"png" or "jpg".</param>
internal sealed record ClientOptions(string? Model, string SamplesFormat)
{
    /// <summary>The format that needs no asking for.</summary>
    public const string Png = "png";

    /// <summary>The other.</summary>
    public const string Jpg = "jpg";

    /// <summary>The settings of a client that has set nothing.</summary>
    public static ClientOptions Default { get; } = new(null, Png);

    /// <summary>A format's name; null if pictures are not written in it.</summary>
    public static string? FindFormat(string name) => name.ToLowerInvariant() switch { "png" => Png, "jpg" or "jpeg" => Jpg, _ => null };
}
