using System.Net.Http.Headers;
using System.Security.Authentication;

namespace Depth2Img.Hub;

/// <summary>
/// Sends requests to the hub and follows its redirects, which lead to file stores on other hosts: what is meant for
/// the hub alone (the access token, conditions on its own tags) goes nowhere else.
/// </summary>
internal sealed class HubConnection : IDisposable
{
    private const int MostRedirects = 10;

    private readonly HttpClient _http;
    private readonly Uri _endpoint;
    private readonly HubToken? _token;
    private readonly TimeSpan _silence;
    private readonly Action<string> _notice;
    private bool _tokenRefused;
    private bool _answered;

    /// <summary>Makes the connection; nothing is sent yet.</summary>
    /// <param name="settings">The hub and the token.</param>
    /// <param name="silence">A host that says nothing for so long has broken off, whatever the connection says.</param>
    /// <param name="notice">Told what a person would want to know.</param>
    public HubConnection(HubSettings settings, TimeSpan silence, Action<string> notice)
    {
        _silence = silence;
        _endpoint = settings.Endpoint;
        _token = settings.Token;
        _notice = notice;
        SocketsHttpHandler handler = new()
        {
            // Redirects are followed here, where it is known what may follow them.
            AllowAutoRedirect = false,
            UseCookies = false,
            ConnectTimeout = TimeSpan.FromSeconds(30),
        };
        _http = new HttpClient(handler) { Timeout = Timeout.InfiniteTimeSpan };
        _http.DefaultRequestHeaders.UserAgent.Add(new ProductInfoHeaderValue("depth2img", Pipelines.DepthToImagePipeline.Version));
        // Lengths and ranges count the bytes of the file itself.
        _http.DefaultRequestHeaders.AcceptEncoding.Add(new StringWithQualityHeaderValue("identity"));
    }

    /// <summary>The hub's name, for messages.</summary>
    public string Host => _endpoint.Authority;

    /// <summary>What is known of the token.</summary>
    public TokenState TokenState => _token is null ? TokenState.None : _tokenRefused ? TokenState.Refused : TokenState.Given;

    /// <summary>Sends a request and follows redirects. The answer's status is for the caller to judge.</summary>
    /// <param name="method">GET or HEAD. A HEAD request is not followed to other hosts: the hub's own answer has what it asks for.</param>
    /// <param name="uri">An address at the hub.</param>
    /// <param name="from">The first byte wanted, from 0.</param>
    /// <param name="tag">The hub's tag of the contents that the bytes before <paramref name="from"/> are of.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <exception cref="TransientHubException">The connection broke.</exception>
    /// <exception cref="Depth2ImgException">The host cannot be reached or not be trusted.</exception>
    public async Task<HttpResponseMessage> SendAsync(HttpMethod method, Uri uri, long from, string? tag, CancellationToken cancellationToken)
    {
        Uri next = uri;
        for (int hop = 0; hop <= MostRedirects; hop++)
        {
            bool home = IsHome(next);
            bool authorized = home && _token is not null && !_tokenRefused;
            HttpResponseMessage response;
            using (HttpRequestMessage request = new(method, next))
            {
                if (from > 0) request.Headers.Range = new RangeHeaderValue(from, null);
                if (from > 0 && home && tag is not null) request.Headers.IfRange = new RangeConditionHeaderValue(new EntityTagHeaderValue($"\"{tag}\""));
                if (authorized) request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", _token!.Value);
                response = await SendOnceAsync(request, cancellationToken).ConfigureAwait(false);
            }
            if (response.StatusCode == System.Net.HttpStatusCode.Unauthorized && authorized)
            {
                // A stale token closes public repositories, too.
                response.Dispose();
                _tokenRefused = true;
                _notice($"{Host} refused the access token in {_token!.Source}; going on without it.");
                continue;
            }
            if ((int)response.StatusCode is not (301 or 302 or 303 or 307 or 308) || response.Headers.Location is not { } location) return response;
            Uri target = new(next, location);
            if (method == HttpMethod.Head && !IsHome(target)) return response;
            response.Dispose();
            if (target.Scheme is not ("https" or "http") || (next.Scheme == "https" && target.Scheme != "https"))
                throw new Depth2ImgException($"{next.Authority} redirects to an address that is not secure ({target.Scheme}), which is not followed.");
            next = target;
        }
        throw new Depth2ImgException($"{Host} redirects in circles.");
    }

    /// <summary>Reads a part of an answer's body.</summary>
    /// <returns>The bytes read; 0 at its end.</returns>
    /// <exception cref="TransientHubException">The connection broke or fell silent.</exception>
    public async ValueTask<int> ReadAsync(Stream body, Memory<byte> buffer, CancellationTokenSource limit, CancellationToken cancellationToken)
    {
        limit.CancelAfter(_silence);
        try
        {
            return await body.ReadAsync(buffer, limit.Token).ConfigureAwait(false);
        }
        catch (Exception e) when (e is IOException or HttpRequestException || (e is OperationCanceledException && !cancellationToken.IsCancellationRequested))
        {
            throw Broken(Host, e);
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _http.Dispose();

    private async Task<HttpResponseMessage> SendOnceAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        string host = request.RequestUri!.Authority;
        using CancellationTokenSource limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(_silence);
        try
        {
            HttpResponseMessage response = await _http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, limit.Token).ConfigureAwait(false);
            _answered = true;
            return response;
        }
        catch (HttpRequestException e) when (e.InnerException is AuthenticationException)
        {
            throw new Depth2ImgException($"The certificate of {host} is not trusted here, which a proxy that reads along would explain: {e.InnerException.Message}", e);
        }
        catch (Exception e) when (e is HttpRequestException or IOException || (e is OperationCanceledException && !cancellationToken.IsCancellationRequested))
        {
            // A machine that was never reached is not there; one that was will be again.
            if (_answered) throw Broken(host, e);
            throw new Depth2ImgException($"{host} cannot be reached ({Reason(e)}). Behind a proxy, set HTTPS_PROXY; for another hub, HF_ENDPOINT; or fetch the files by hand, as docs/models.md says.", e);
        }
    }

    private static TransientHubException Broken(string host, Exception e) => new($"The connection to {host} broke ({Reason(e)}).", e);

    private static string Reason(Exception e) => e switch
    {
        OperationCanceledException => "it fell silent",
        HttpRequestException { InnerException: { } inner } => inner.Message.TrimEnd('.'),
        _ => e.Message.TrimEnd('.'),
    };

    private bool IsHome(Uri uri) => Uri.Compare(uri, _endpoint, UriComponents.SchemeAndServer, UriFormat.UriEscaped, StringComparison.OrdinalIgnoreCase) == 0;
}
