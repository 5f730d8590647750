namespace Depth2Img.Compute.Checkpoints.Pickle;

/// <summary>
/// What reading one file may take of memory, in proportion to the file's length. A pickle can ask for a hundred bytes
/// with one: without a limit a small file would fill the machine.
/// </summary>
/// <param name="file">The file, for messages.</param>
/// <param name="length">Its length in bytes.</param>
internal sealed class PickleBudget(string file, long length)
{
    /// <summary>What any file may take: the smallest ones hold more names and numbers than data.</summary>
    private const long Base = 1 << 20;

    /// <summary>Texts take twice their length in memory.</summary>
    private const long PerByte = 2;

    /// <summary>What no file may take, however long: the pickles of the largest checkpoints have a few megabytes.</summary>
    private const long Most = 512 << 20;

    private long _left = Math.Min(Base + PerByte * length, Most);

    /// <summary>Counts memory that is about to be reserved.</summary>
    /// <exception cref="Depth2ImgException">It is too much.</exception>
    public void Take(long bytes)
    {
        _left -= bytes;
        if (_left < 0)
            throw new Depth2ImgException($"'{file}' is refused: its pickle asks for far more memory than a file of {length} bytes should need.");
    }
}
