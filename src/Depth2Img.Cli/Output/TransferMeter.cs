namespace Depth2Img.Cli.Output;

/// <summary>The speed of a download over its last seconds, and the time left at that speed.</summary>
/// <param name="clock">Time since any start.</param>
internal sealed class TransferMeter(Func<TimeSpan> clock)
{
    private static readonly TimeSpan Window = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan LeastSpan = TimeSpan.FromSeconds(0.5);
    private readonly Queue<(TimeSpan Time, long Bytes)> _samples = [];

    /// <summary>Notes how many bytes there are. The first count, which may be from an earlier download, is where measuring starts.</summary>
    public void Add(long bytes)
    {
        TimeSpan now = clock();
        // Started anew: what was measured is of another beginning.
        if (_samples.Count > 0 && bytes < _samples.Last().Bytes) _samples.Clear();
        _samples.Enqueue((now, bytes));
        while (_samples.Count > 2 && now - _samples.Peek().Time > Window) _samples.Dequeue();
    }

    /// <summary>Bytes a second; null before there is enough to tell.</summary>
    public double? Speed
    {
        get
        {
            if (_samples.Count < 2) return null;
            (TimeSpan first, long from) = _samples.Peek();
            (TimeSpan last, long to) = _samples.Last();
            return last - first < LeastSpan ? null : (to - from) / (last - first).TotalSeconds;
        }
    }

    /// <summary>How long the rest takes at that speed; null before that can be told.</summary>
    public TimeSpan? Left(long bytes) => Speed is > 0 and { } speed ? TimeSpan.FromSeconds(Math.Min(bytes / speed, 1e6)) : null;
}
