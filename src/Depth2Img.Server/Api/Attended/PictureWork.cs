namespace Depth2Img.Server.Api.Attended;

/// <summary>Decoding, scaling and encoding of pictures, a few at a time: each takes memory many times its file.</summary>
internal sealed class PictureWork : IDisposable
{
    private const int AtATime = 2;

    private readonly SemaphoreSlim _running = new(AtATime);

    /// <summary>Has something done when there is room for it.</summary>
    /// <param name="work">What.</param>
    /// <param name="cancellationToken">Ends the waiting.</param>
    public async Task<T> RunAsync<T>(Func<T> work, CancellationToken cancellationToken)
    {
        await _running.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            return await Task.Run(work, cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            _running.Release();
        }
    }

    public void Dispose() => _running.Dispose();
}
