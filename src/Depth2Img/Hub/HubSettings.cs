namespace Depth2Img.Hub;

/// <summary>
/// Where the hub is, where its files lie on this machine, and whether it may be asked, as Hugging Face's own programs
/// take it from the environment (huggingface_hub, <c>constants.py</c>), so that both share one cache.
/// </summary>
public sealed record HubSettings
{
    /// <summary>The public hub.</summary>
    public static Uri DefaultEndpoint { get; } = new("https://huggingface.co");

    /// <summary>The hub to ask: HF_ENDPOINT, else <see cref="DefaultEndpoint"/>.</summary>
    public Uri Endpoint { get; init; } = DefaultEndpoint;

    /// <summary>The cache's folder: HF_HUB_CACHE, HUGGINGFACE_HUB_CACHE, or "hub" in HF_HOME.</summary>
    public required string CacheFolder { get; init; }

    /// <summary>Whether the network is out of bounds: HF_HUB_OFFLINE or TRANSFORMERS_OFFLINE.</summary>
    public bool Offline { get; init; }

    /// <summary>The token that private and gated repositories need, and public ones do not; sent to <see cref="Endpoint"/> alone.</summary>
    internal HubToken? Token { get; init; }

    /// <summary>The settings of this process's environment.</summary>
    /// <exception cref="Depth2ImgException">HF_ENDPOINT is no address, or the token's text cannot be one.</exception>
    public static HubSettings FromEnvironment() =>
        new HubEnvironment(Environment.GetEnvironmentVariable, Environment.GetFolderPath(Environment.SpecialFolder.UserProfile)).Read();

    /// <summary>The same settings with a token given outright.</summary>
    /// <param name="token">The token; null or blank for none.</param>
    public HubSettings WithToken(string? token) => this with { Token = HubToken.Read(token, "the settings") };
}
