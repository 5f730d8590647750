namespace Depth2Img.Hub;

/// <summary>Which of a repository's weight files to fetch.</summary>
public enum ModelPrecision
{
    /// <summary>The plain files, most often 32-bit.</summary>
    Float32,

    /// <summary>The 16-bit files, half as large; plain ones for networks that have no others.</summary>
    Float16,
}
