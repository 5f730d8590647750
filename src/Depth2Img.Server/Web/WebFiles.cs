using System.Collections.Frozen;
using System.IO.Compression;
using System.Reflection;
using System.Security.Cryptography;
using Microsoft.Net.Http.Headers;

namespace Depth2Img.Server.Web;

/// <summary>
/// The page's files. They are part of the program and are served from memory: no path that a client names is ever looked
/// for on a disk.
/// </summary>
internal static class WebFiles
{
    /// <summary>What the addresses of all files but the page itself begin with.</summary>
    public const string Folder = "/assets/";

    private const string ResourcePrefix = "web/";

    /// <summary>All files by their addresses, "/assets/app.css".</summary>
    public static FrozenDictionary<string, WebFile> All { get; } = Load();

    /// <summary>The page with the places that are filled in for each browser.</summary>
    public static string PageTemplate { get; } = System.Text.Encoding.UTF8.GetString(Read("index.html"));

    /// <summary>The scripts that the page fetches when it is opened: browsers are told of all at once.</summary>
    public static IReadOnlyList<string> FirstScripts { get; } =
        [.. All.Keys.Where(path => path.StartsWith("/assets/js/", StringComparison.Ordinal) && path.LastIndexOf('/') == "/assets/js".Length).Order(StringComparer.Ordinal)];

    /// <summary>Makes a tag of a content.</summary>
    public static EntityTagHeaderValue TagOf(ReadOnlySpan<byte> content) => new($"\"{Convert.ToHexStringLower(SHA256.HashData(content).AsSpan(0, 12))}\"");

    private static FrozenDictionary<string, WebFile> Load()
    {
        Dictionary<string, WebFile> files = [];
        foreach (string resource in typeof(WebFiles).Assembly.GetManifestResourceNames())
        {
            // Built on Windows, names have its separators.
            string name = resource.Replace('\\', '/');
            if (!name.StartsWith(ResourcePrefix + Folder[1..], StringComparison.Ordinal)) continue;
            byte[] content = Read(resource[ResourcePrefix.Length..]);
            string type = TypeOf(name);
            files[name[(ResourcePrefix.Length - 1)..]] = new WebFile(content, type, TagOf(content)) { Compressed = type.StartsWith("text/", StringComparison.Ordinal) ? Compress(content) : null };
        }
        return files.ToFrozenDictionary(StringComparer.Ordinal);
    }

    private static byte[] Compress(byte[] content)
    {
        using MemoryStream compressed = new();
        using (GZipStream gzip = new(compressed, CompressionLevel.SmallestSize)) gzip.Write(content);
        return compressed.ToArray();
    }

    private static byte[] Read(string name)
    {
        Assembly assembly = typeof(WebFiles).Assembly;
        using Stream stream = assembly.GetManifestResourceStream(ResourcePrefix + name) ?? throw new InvalidOperationException($"The program lacks its file '{name}'.");
        byte[] content = new byte[stream.Length];
        stream.ReadExactly(content);
        return content;
    }

    private static string TypeOf(string name) => Path.GetExtension(name) switch
    {
        ".css" => "text/css; charset=utf-8",
        ".js" => "text/javascript; charset=utf-8",
        ".svg" => "image/svg+xml",
        ".jpg" => "image/jpeg",
        ".png" => "image/png",
        _ => "text/plain; charset=utf-8",
    };
}
