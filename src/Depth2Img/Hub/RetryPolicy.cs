using System.Globalization;

namespace Depth2Img.Hub;

/// <summary>Tries again, after growing pauses, what failed for a passing reason.</summary>
/// <param name="pause">Waits; tests do not.</param>
internal sealed class RetryPolicy(Func<TimeSpan, CancellationToken, Task> pause)
{
    /// <summary>So many failures in a row, with nothing gained between them, are enough.</summary>
    public const int MostFailures = 5;

    /// <summary>A hub that asks for more patience than this is taken at its word, and the person told.</summary>
    private static readonly TimeSpan LongestPause = TimeSpan.FromMinutes(5);

    /// <summary>Waits on the clock.</summary>
    public RetryPolicy() : this(Task.Delay) { }

    /// <summary>Runs an attempt until it succeeds or there is no more hope.</summary>
    /// <param name="attempt">What to try.</param>
    /// <param name="gained">Counts what attempts have gained, for example bytes: a failure after a gain counts as the first.</param>
    /// <param name="notice">Told of every failure that is tried again.</param>
    /// <param name="cancellationToken">Ends it.</param>
    /// <exception cref="Depth2ImgException">The failure is a lasting one, or there were too many.</exception>
    public async Task<T> RunAsync<T>(Func<CancellationToken, Task<T>> attempt, Func<long> gained, Action<string> notice, CancellationToken cancellationToken)
    {
        int failures = 0;
        long before = gained();
        while (true)
        {
            try
            {
                return await attempt(cancellationToken).ConfigureAwait(false);
            }
            catch (TransientHubException e)
            {
                long now = gained();
                failures = now > before ? 1 : failures + 1;
                before = now;
                if (failures >= MostFailures)
                    throw new Depth2ImgException($"{e.Message} It was tried {failures} times in a row. What was fetched is kept: run the same command later to go on.", e);
                TimeSpan wait = e.RetryAfter ?? TimeSpan.FromSeconds(1 << (failures - 1));
                if (wait > LongestPause)
                    throw new Depth2ImgException($"{e.Message} It asks to wait {Text(wait)}. What was fetched is kept: run the same command then to go on.", e);
                notice($"{e.Message} Trying again in {Text(wait)}.");
                await pause(wait, cancellationToken).ConfigureAwait(false);
            }
        }
    }

    private static string Text(TimeSpan time) => time.TotalMinutes >= 2
        ? string.Create(CultureInfo.InvariantCulture, $"{Math.Ceiling(time.TotalMinutes):0} minutes")
        : string.Create(CultureInfo.InvariantCulture, $"{time.TotalSeconds:0} s");
}
