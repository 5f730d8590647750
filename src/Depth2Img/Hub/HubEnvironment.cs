using System.Text.RegularExpressions;

namespace Depth2Img.Hub;

/// <summary>Reads the variables of Hugging Face's programs.</summary>
/// <param name="variable">A variable's value, or null.</param>
/// <param name="home">The user's folder, for "~".</param>
internal sealed partial class HubEnvironment(Func<string, string?> variable, string home)
{
    public HubSettings Read()
    {
        string root = PathOf("HF_HOME") ?? Path.Combine(PathOf("XDG_CACHE_HOME") ?? Path.Combine(home, ".cache"), "huggingface");
        return new HubSettings
        {
            Endpoint = ReadEndpoint(),
            CacheFolder = PathOf("HF_HUB_CACHE") ?? PathOf("HUGGINGFACE_HUB_CACHE") ?? Path.Combine(root, "hub"),
            Offline = IsSet("HF_HUB_OFFLINE") || IsSet("TRANSFORMERS_OFFLINE"),
            Token = IsSet("HF_HUB_DISABLE_IMPLICIT_TOKEN") ? null : ReadToken(root),
        };
    }

    private Uri ReadEndpoint()
    {
        string? text = Text("HF_ENDPOINT");
        if (text is null) return HubSettings.DefaultEndpoint;
        return Uri.TryCreate(text.TrimEnd('/'), UriKind.Absolute, out Uri? uri) && uri.Scheme is "https" or "http" && uri.UserInfo.Length == 0
            ? uri
            : throw new Depth2ImgException($"HF_ENDPOINT is '{text}'; an address such as https://huggingface.co was expected.");
    }

    private HubToken? ReadToken(string root) =>
        HubToken.Read(variable("HF_TOKEN"), "HF_TOKEN")
        ?? HubToken.Read(variable("HUGGING_FACE_HUB_TOKEN"), "HUGGING_FACE_HUB_TOKEN")
        ?? ReadTokenFile(PathOf("HF_TOKEN_PATH") ?? Path.Combine(root, "token"));

    private static HubToken? ReadTokenFile(string path)
    {
        if (!File.Exists(path)) return null;
        try
        {
            return HubToken.Read(File.ReadAllText(path), $"the file '{path}'");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // Public repositories need no token; that one is wanted is told when the hub asks for it.
            return null;
        }
    }

    private bool IsSet(string name) => Text(name)?.ToUpperInvariant() is "1" or "ON" or "YES" or "TRUE";

    private string? Text(string name) => variable(name)?.Trim() is { Length: > 0 } text ? text : null;

    /// <summary>A folder or file, with "~" and variables in it replaced as Python's expanduser and expandvars do.</summary>
    private string? PathOf(string name)
    {
        if (Text(name) is not { } text) return null;
        text = VariableInPath().Replace(text, match => variable(match.Groups["name"].Value) ?? match.Value);
        if (text == "~") return home;
        return text.StartsWith("~/", StringComparison.Ordinal) || (OperatingSystem.IsWindows() && text.StartsWith("~\\", StringComparison.Ordinal))
            ? Path.Combine(home, text[2..])
            : text;
    }

    [GeneratedRegex(@"\$(?<name>\w+)|\$\{(?<name>[^}]+)\}")]
    private static partial Regex VariableInPath();
}
