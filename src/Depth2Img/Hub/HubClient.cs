using System.Net;
using System.Text.Json;

namespace Depth2Img.Hub;

/// <summary>The hub's three answers that a download needs: what a revision holds, what a file is, and a file's bytes.</summary>
/// <param name="settings">The hub.</param>
/// <param name="tools">How failures that pass are met.</param>
/// <param name="notice">Told what a person would want to know.</param>
internal sealed class HubClient(HubSettings settings, DownloadTools tools, Action<string> notice) : IDisposable
{
    private const int MaxListingLength = 64 << 20;
    private readonly HubConnection _connection = new(settings, tools.Silence, notice);

    /// <summary>The hub's name, for messages.</summary>
    public string Host => _connection.Host;

    /// <summary>How failures that pass are met.</summary>
    public RetryPolicy Retry => tools.Retry;

    /// <summary>What a revision is and holds.</summary>
    /// <exception cref="Depth2ImgException">There is no such repository or revision, it is closed to this user, or the hub cannot be reached.</exception>
    public Task<HubListing> ListAsync(ModelReference model, CancellationToken cancellationToken)
    {
        Uri uri = At($"api/models/{model.Repository}/revision/{Uri.EscapeDataString(model.RevisionOrDefault)}?blobs=true");
        return Retry.RunAsync(
            async cancel =>
            {
                using HttpResponseMessage response = await _connection.SendAsync(HttpMethod.Get, uri, 0, null, cancel).ConfigureAwait(false);
                if (!response.IsSuccessStatusCode) throw HubErrors.For(response, model, null, Host, _connection.TokenState);
                byte[] body = await ReadBodyAsync(response, cancel).ConfigureAwait(false);
                return ParseListing(body);
            },
            () => 0,
            notice,
            cancellationToken);
    }

    /// <summary>A file's size and check sum, where the listing gave none.</summary>
    /// <exception cref="Depth2ImgException">There is no such file, or the hub does not say what it is.</exception>
    public Task<HubFile> DescribeAsync(ModelReference model, string commit, HubFile file, CancellationToken cancellationToken) => Retry.RunAsync(
        async cancel =>
        {
            using HttpResponseMessage response = await _connection.SendAsync(HttpMethod.Head, AddressOf(model, commit, file), 0, null, cancel).ConfigureAwait(false);
            if ((int)response.StatusCode >= 400) throw HubErrors.For(response, model, file.Path, Host, _connection.TokenState);
            // Not Headers.ETag: its parser refuses tags without quotes, which some mirrors send.
            BlobDigest? digest = BlobDigest.Parse(Header(response, "X-Linked-Etag") ?? Header(response, "ETag"));
            long? size = long.TryParse(Header(response, "X-Linked-Size"), out long linked) ? linked : response.Content.Headers.ContentLength;
            return digest is not null && size is not null
                ? file with { Digest = digest, Size = size }
                : throw new Depth2ImgException($"{Host} gives no {(digest is null ? "check sum" : "size")} for '{file.Path}' of {model}, so that it cannot be checked; use another hub (HF_ENDPOINT).");
        },
        () => 0,
        notice,
        cancellationToken);

    /// <summary>Asks for a file's bytes. One attempt; the caller tries again.</summary>
    /// <param name="model">The repository.</param>
    /// <param name="commit">The state of it.</param>
    /// <param name="file">The file.</param>
    /// <param name="from">The first byte wanted.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <returns>An answer of 200 (all bytes), 206 (those wanted) or 416 (there are none from there on).</returns>
    public async Task<HttpResponseMessage> OpenAsync(ModelReference model, string commit, HubFile file, long from, CancellationToken cancellationToken)
    {
        HttpResponseMessage response = await _connection.SendAsync(HttpMethod.Get, AddressOf(model, commit, file), from, file.Digest?.Hex, cancellationToken).ConfigureAwait(false);
        if (response.StatusCode is HttpStatusCode.OK or HttpStatusCode.PartialContent or HttpStatusCode.RequestedRangeNotSatisfiable) return response;
        using (response) throw HubErrors.For(response, model, file.Path, Host, _connection.TokenState);
    }

    /// <inheritdoc cref="HubConnection.ReadAsync"/>
    public ValueTask<int> ReadAsync(Stream body, Memory<byte> buffer, CancellationTokenSource limit, CancellationToken cancellationToken) =>
        _connection.ReadAsync(body, buffer, limit, cancellationToken);

    /// <inheritdoc/>
    public void Dispose() => _connection.Dispose();

    private Uri AddressOf(ModelReference model, string commit, HubFile file) =>
        At($"{model.Repository}/resolve/{commit}/{string.Join('/', file.Path.Split('/').Select(Uri.EscapeDataString))}");

    private Uri At(string path) => new($"{settings.Endpoint.AbsoluteUri.TrimEnd('/')}/{path}");

    private async Task<byte[]> ReadBodyAsync(HttpResponseMessage response, CancellationToken cancellationToken)
    {
        using CancellationTokenSource limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        using Stream body = await response.Content.ReadAsStreamAsync(cancellationToken).ConfigureAwait(false);
        using MemoryStream all = new();
        byte[] buffer = new byte[1 << 16];
        while (await _connection.ReadAsync(body, buffer, limit, cancellationToken).ConfigureAwait(false) is > 0 and int count)
        {
            if (all.Length + count > MaxListingLength) throw new Depth2ImgException($"{Host} answers with a listing of more than {MaxListingLength} bytes, which is no listing of a model.");
            all.Write(buffer, 0, count);
        }
        return all.ToArray();
    }

    private HubListing ParseListing(byte[] body)
    {
        try
        {
            using JsonDocument document = JsonDocument.Parse(body);
            JsonElement root = document.RootElement;
            string commit = root.GetProperty("sha").GetString() ?? "";
            // It becomes a folder's name.
            if (!ModelReference.IsCommit(commit)) throw new Depth2ImgException($"{Host} names the commit '{commit}'; 40 hex digits were expected.");
            return new HubListing(commit, [.. root.GetProperty("siblings").EnumerateArray().Select(ParseFile)]);
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException or KeyNotFoundException or FormatException)
        {
            throw new Depth2ImgException($"{Host} does not answer as Hugging Face's hub does: its listing is not the JSON expected. Check HF_ENDPOINT, and whether a proxy wants a log-in.", e);
        }
    }

    private static HubFile ParseFile(JsonElement entry)
    {
        string path = entry.GetProperty("rfilename").GetString() ?? "";
        JsonElement lfs = entry.TryGetProperty("lfs", out JsonElement found) && found.ValueKind == JsonValueKind.Object ? found : default;
        string? tag = lfs.ValueKind == JsonValueKind.Object ? Text(lfs, "sha256") ?? Text(lfs, "oid") : Text(entry, "blobId");
        long? size = entry.TryGetProperty("size", out JsonElement value) && value.ValueKind == JsonValueKind.Number ? value.GetInt64() : null;
        return new HubFile(path, size, BlobDigest.Parse(tag));
    }

    private static string? Text(JsonElement entry, string key) =>
        entry.TryGetProperty(key, out JsonElement value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;

    private static string? Header(HttpResponseMessage response, string name) =>
        response.Headers.TryGetValues(name, out IEnumerable<string>? values) || response.Content.Headers.TryGetValues(name, out values) ? values.FirstOrDefault() : null;
}
