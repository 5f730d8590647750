namespace Depth2Img.Hub;

/// <summary>Tells how much a disk has left.</summary>
internal interface IDiskSpace
{
    /// <summary>Bytes that this user may still write in a folder, which exists; null where that cannot be told.</summary>
    long? AvailableBytes(string folder);
}
