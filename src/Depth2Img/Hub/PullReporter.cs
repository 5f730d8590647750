using System.Diagnostics;

namespace Depth2Img.Hub;

/// <summary>Adds up the bytes of a download's files, and tells of them not more often than is of use.</summary>
/// <param name="progress">Who is told.</param>
internal sealed class PullReporter(IProgress<PullProgress>? progress)
{
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(100);

    private readonly Stopwatch _sinceReport = Stopwatch.StartNew();
    private readonly Dictionary<BlobDigest, long> _received = [];
    private string _file = "";
    private long _total;

    /// <summary>Takes up a set of files.</summary>
    /// <param name="files">The files, each with how much of it an earlier download left.</param>
    public void Begin(IEnumerable<(HubFile File, long Received)> files)
    {
        _received.Clear();
        _total = 0;
        foreach ((HubFile file, long received) in files)
        {
            _received[file.Digest!.Value] = received;
            _total += file.Size!.Value;
        }
    }

    /// <summary>Notes how much of a file there is; one that did not have to be fetched does not count.</summary>
    public void Received(HubFile file, long count)
    {
        if (!_received.ContainsKey(file.Digest!.Value)) return;
        bool another = _file != file.Path;
        _file = file.Path;
        _received[file.Digest.Value] = count;
        if (!another && count < file.Size && _sinceReport.Elapsed < Interval) return;
        _sinceReport.Restart();
        progress?.Report(Now(null));
    }

    /// <summary>Tells a person something.</summary>
    public void Notice(string sentence) => progress?.Report(Now(sentence));

    private PullProgress Now(string? notice) => new(_file, _received.Values.Sum(), _total, notice);
}
