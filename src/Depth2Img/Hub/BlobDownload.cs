using System.Net;
using System.Security.Cryptography;

namespace Depth2Img.Hub;

/// <summary>The download of one file's contents: goes on where an earlier one ended, through broken connections, and checks the sum.</summary>
internal sealed class BlobDownload
{
    private const int BufferSize = 1 << 18;

    private readonly HubClient _client;
    private readonly ModelReference _model;
    private readonly string _commit;
    private readonly HubFile _file;
    private readonly Stream _partial;
    private readonly long _size;
    private readonly BlobDigest _digest;
    private readonly Action<long> _received;
    private IncrementalHash _hash;
    private long _position;
    private bool _restarted;

    private BlobDownload(HubClient client, ModelReference model, string commit, HubFile file, Stream partial, Action<long> received)
    {
        _client = client;
        _model = model;
        _commit = commit;
        _file = file;
        _partial = partial;
        _size = file.Size!.Value;
        _digest = file.Digest!.Value;
        _received = received;
        _hash = _digest.Begin(_size);
    }

    /// <summary>Completes a partial file.</summary>
    /// <param name="client">The hub.</param>
    /// <param name="model">The repository.</param>
    /// <param name="commit">The state of it.</param>
    /// <param name="file">The file, with its size and check sum.</param>
    /// <param name="partial">The partial file: what it holds is kept if it is right.</param>
    /// <param name="received">Told how many bytes there are, again and again.</param>
    /// <param name="notice">Told of failures that are tried again.</param>
    /// <param name="cancellationToken">Ends it; what came stays in the partial file.</param>
    /// <returns>Whether the contents are complete and right; if not, they are of no use.</returns>
    /// <exception cref="Depth2ImgException">The hub gives other contents, or none.</exception>
    /// <exception cref="IOException">The partial file cannot be written.</exception>
    public static async Task<bool> RunAsync(HubClient client, ModelReference model, string commit, HubFile file, Stream partial, Action<long> received, Action<string> notice, CancellationToken cancellationToken)
    {
        BlobDownload self = new(client, model, commit, file, partial, received);
        try
        {
            await self.ReadBackAsync(cancellationToken).ConfigureAwait(false);
            await client.Retry.RunAsync(self.FetchAsync, () => self._position, notice, cancellationToken).ConfigureAwait(false);
            return self._digest.Matches(self._hash);
        }
        finally
        {
            self._hash.Dispose();
        }
    }

    /// <summary>Takes over what an earlier download left.</summary>
    private async Task ReadBackAsync(CancellationToken cancellationToken)
    {
        if (_partial.Length > _size) _partial.SetLength(0);
        _partial.Position = 0;
        byte[] buffer = new byte[BufferSize];
        while (await _partial.ReadAsync(buffer, cancellationToken).ConfigureAwait(false) is > 0 and int count)
        {
            _hash.AppendData(buffer, 0, count);
            _position += count;
        }
        _received(_position);
    }

    private void StartAnew()
    {
        _partial.SetLength(0);
        _partial.Position = 0;
        _position = 0;
        _hash.Dispose();
        _hash = _digest.Begin(_size);
        _received(0);
    }

    /// <summary>One attempt at what is still missing.</summary>
    private async Task<bool> FetchAsync(CancellationToken cancellationToken)
    {
        while (_position < _size)
        {
            using HttpResponseMessage response = await _client.OpenAsync(_model, _commit, _file, _position, cancellationToken).ConfigureAwait(false);
            if (!Fits(response))
            {
                // The part we have is of something else, or the store does not go on from there. Once is enough to find out.
                if (_restarted) throw new Depth2ImgException($"{_client.Host} answers the request for '{_file.Path}' of {_model} with another part than was asked for.");
                _restarted = true;
                StartAnew();
                continue;
            }
            await ReceiveAsync(response, cancellationToken).ConfigureAwait(false);
        }
        return true;
    }

    private bool Fits(HttpResponseMessage response)
    {
        switch (response.StatusCode)
        {
            case HttpStatusCode.PartialContent:
                return response.Content.Headers.ContentRange is { From: { } from, Length: var length } && from == _position && (length is null || length == _size);
            case HttpStatusCode.OK:
                if (response.Content.Headers.ContentLength is { } whole && whole != _size)
                    throw new Depth2ImgException($"{_client.Host} has '{_file.Path}' of {_model} with {whole} bytes; {_size} were expected. The model may have just been changed: run the command again.");
                if (_position > 0) StartAnew();
                return true;
            default:
                return false;
        }
    }

    private async Task ReceiveAsync(HttpResponseMessage response, CancellationToken cancellationToken)
    {
        using CancellationTokenSource limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        using Stream body = await response.Content.ReadAsStreamAsync(cancellationToken).ConfigureAwait(false);
        byte[] buffer = new byte[BufferSize];
        while (await _client.ReadAsync(body, buffer, limit, cancellationToken).ConfigureAwait(false) is > 0 and int count)
        {
            if (_position + count > _size)
                throw new Depth2ImgException($"{_client.Host} gives more than the {_size} bytes that '{_file.Path}' of {_model} has. The model may have just been changed: run the command again.");
            await _partial.WriteAsync(buffer.AsMemory(0, count), cancellationToken).ConfigureAwait(false);
            _hash.AppendData(buffer, 0, count);
            _position += count;
            _received(_position);
        }
        if (_position < _size)
            throw new TransientHubException($"The connection to {_client.Host} ended after {_position} of the {_size} bytes of '{_file.Path}'.");
    }
}
