using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;

namespace Depth2Img.TestSupport;

/// <summary>
/// A stand-in for Hugging Face's hub on loopback: one repository, its listing and its files. Large files are redirected
/// to a store, which is another host (another port), with signed addresses that last for one request, as the real one's.
/// </summary>
internal sealed class StandInHub : IDisposable
{
    public const string Repository = "someone/tiny-depth";
    public const string Commit = "0123456789abcdef0123456789abcdef01234567";

    /// <summary>Files from here on are large.</summary>
    private const int LargeFrom = 4096;

    private readonly LoopbackServer _hub;
    private readonly LoopbackServer _store;
    private readonly Dictionary<string, string> _signed = [];

    public StandInHub()
    {
        _hub = new LoopbackServer(request => BeforeHub?.Invoke(request) ?? AnswerAtHub(request with { Target = PathOf(request.Target) }));
        _store = new LoopbackServer(request => BeforeStore?.Invoke(request) ?? AnswerAtStore(request));
    }

    public Uri Endpoint => _hub.Address;

    /// <summary>The files by their paths.</summary>
    public Dictionary<string, byte[]> Files { get; } = new(StringComparer.Ordinal);

    /// <summary>The revisions that there are.</summary>
    public Dictionary<string, string> Revisions { get; } = new(StringComparer.Ordinal) { ["main"] = Commit };

    /// <summary>Whether the listing gives sizes and check sums; if not, each file must be asked for.</summary>
    public bool ListsBlobs { get; set; } = true;

    /// <summary>How a file's tag is written into ETag headers.</summary>
    public Func<string, string> TagForm { get; set; } = hex => $"\"{hex}\"";

    /// <summary>The token that is needed; null for an open repository.</summary>
    public string? Token { get; set; }

    /// <summary>Answers in place of the hub, or null.</summary>
    public Func<LoopbackRequest, LoopbackResponse?>? BeforeHub { get; set; }

    /// <summary>Answers in place of the store, or null.</summary>
    public Func<LoopbackRequest, LoopbackResponse?>? BeforeStore { get; set; }

    public IEnumerable<LoopbackRequest> HubRequests => _hub.Requests;

    public IEnumerable<LoopbackRequest> StoreRequests => _store.Requests;

    /// <summary>The files that were asked for, of the hub.</summary>
    public string[] Resolved => [.. HubRequests.Where(r => r.Method == "GET" && r.Target.Contains("/resolve/", StringComparison.Ordinal)).Select(r => r.Target.Split($"/resolve/{Commit}/")[1])];

    /// <summary>A hub with the files of a folder.</summary>
    public static StandInHub Of(string folder)
    {
        StandInHub hub = new();
        foreach (string file in Directory.EnumerateFiles(folder, "*", SearchOption.AllDirectories))
            hub.Files[Path.GetRelativePath(folder, file).Replace('\\', '/')] = File.ReadAllBytes(file);
        return hub;
    }

    /// <summary>The name of a file's contents in the cache.</summary>
    public static string TagOf(byte[] contents)
    {
        if (contents.Length >= LargeFrom) return Convert.ToHexStringLower(SHA256.HashData(contents));
#pragma warning disable CA5350 // Git's own.
        return Convert.ToHexStringLower(SHA1.HashData([.. Encoding.ASCII.GetBytes(string.Create(CultureInfo.InvariantCulture, $"blob {contents.Length}\0")), .. contents]));
#pragma warning restore CA5350
    }

    /// <summary>A part of contents, as servers with ranges give it.</summary>
    public static LoopbackResponse Part(byte[] contents, LoopbackRequest request, int? breakAfter = null)
    {
        int from = request.RangeStart;
        if (from >= contents.Length && from > 0) return LoopbackResponse.Empty(416, ("Content-Range", $"bytes */{contents.Length}"));
        byte[] body = contents[from..];
        Dictionary<string, string> headers = from > 0 ? new() { ["Content-Range"] = $"bytes {from}-{contents.Length - 1}/{contents.Length}" } : [];
        return new LoopbackResponse(from > 0 ? 206 : 200, body) { Headers = headers, BreakAfter = breakAfter is { } b ? Math.Min(b, body.Length) : null };
    }

    public void Dispose()
    {
        _hub.Dispose();
        _store.Dispose();
    }

    /// <summary>The contents that a signed address of the store stands for.</summary>
    public byte[] SignedContents(LoopbackRequest request)
    {
        lock (_signed) return Files[_signed[request.Target]];
    }

    /// <summary>A proxy is asked for whole addresses.</summary>
    private static string PathOf(string target) => target.StartsWith("http://", StringComparison.Ordinal) ? new Uri(target).PathAndQuery : target;

    private LoopbackResponse AnswerAtHub(LoopbackRequest request)
    {
        bool known = request.Header("Authorization") == $"Bearer {Token}";
        if (request.Header("Authorization") is not null && !known) return LoopbackResponse.Empty(401);
        if (Token is not null && !known) return LoopbackResponse.Empty(401, ("X-Error-Code", "RepoNotFound"));
        string listing = $"/api/models/{Repository}/revision/";
        if (request.Target.StartsWith(listing, StringComparison.Ordinal)) return List(request.Target[listing.Length..]);
        string resolve = $"/{Repository}/resolve/{Commit}/";
        if (request.Target.StartsWith(resolve, StringComparison.Ordinal)) return Resolve(request, Uri.UnescapeDataString(request.Target[resolve.Length..]));
        return LoopbackResponse.Empty(404, ("X-Error-Code", "RepoNotFound"));
    }

    private LoopbackResponse List(string rest)
    {
        string[] parts = rest.Split('?');
        // A revision's "/" must come escaped, or it would be another path.
        if (parts[0].Contains('/', StringComparison.Ordinal) || !(Revisions.TryGetValue(Uri.UnescapeDataString(parts[0]), out string? commit) || parts[0] == (commit = Commit)))
            return LoopbackResponse.Empty(404, ("X-Error-Code", "RevisionNotFound"));
        object[] siblings = [.. Files.Select(file => Entry(file.Key, file.Value))];
        return new LoopbackResponse(200, JsonSerializer.SerializeToUtf8Bytes(new { sha = commit, siblings }));
    }

    private object Entry(string path, byte[] contents)
    {
        if (!ListsBlobs) return new { rfilename = path };
        string tag = TagOf(contents);
        return contents.Length < LargeFrom
            ? new { rfilename = path, size = contents.Length, blobId = tag }
            : new { rfilename = path, size = contents.Length, blobId = new string('a', 40), lfs = new { sha256 = tag, size = contents.Length, pointerSize = 130 } };
    }

    private LoopbackResponse Resolve(LoopbackRequest request, string path)
    {
        if (!Files.TryGetValue(path, out byte[]? contents)) return LoopbackResponse.Empty(404, ("X-Error-Code", "EntryNotFound"));
        string tag = TagForm(TagOf(contents));
        if (contents.Length < LargeFrom)
        {
            LoopbackResponse part = Part(contents, request);
            part.Headers["ETag"] = tag;
            return part;
        }
        string target;
        lock (_signed)
        {
            target = $"/store/{_signed.Count}?signature=secret-{Guid.NewGuid():N}";
            _signed[target] = path;
        }
        return LoopbackResponse.Empty(302, ("Location", new Uri(_store.Address, target).AbsoluteUri), ("X-Linked-Etag", tag), ("X-Linked-Size", contents.Length.ToString(CultureInfo.InvariantCulture)), ("X-Repo-Commit", Commit));
    }

    private LoopbackResponse AnswerAtStore(LoopbackRequest request) => Part(SignedContents(request), request);
}
