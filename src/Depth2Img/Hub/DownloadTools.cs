namespace Depth2Img.Hub;

/// <summary>What a download needs of the machine, so that tests can have a full disk, no patience and no links.</summary>
internal sealed record DownloadTools
{
    /// <summary>How failures that pass are met.</summary>
    public RetryPolicy Retry { get; init; } = new();

    /// <summary>How long a host may say nothing before it counts as gone.</summary>
    public TimeSpan Silence { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>Tells how much space there is.</summary>
    public IDiskSpace Disk { get; init; } = new DiskSpace();

    /// <summary>Opens a partial file, new or old.</summary>
    public Func<string, Stream> OpenPartial { get; init; } = path => new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.Read, bufferSize: 0);

    /// <summary>Makes a symbolic link: its path, and its target relative to it.</summary>
    public Action<string, string> Link { get; init; } = (path, target) => File.CreateSymbolicLink(path, target);
}
