namespace Depth2Img.Imaging.Png;

/// <summary>One chunk of a PNG.</summary>
/// <param name="Type">Its four letters.</param>
/// <param name="Data">Its contents, without length, type and checksum.</param>
/// <param name="Offset">Where it begins in the file: the first byte of its length.</param>
internal readonly record struct PngChunk(string Type, ReadOnlyMemory<byte> Data, long Offset)
{
    /// <summary>Whether a reader that does not know the chunk can go on without it.</summary>
    public bool IsAncillary => char.IsAsciiLetterLower(Type[0]);
}
