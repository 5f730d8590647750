namespace Depth2Img.Cli;

/// <summary>What a file that <c>depth</c> writes shows.</summary>
internal enum DepthView
{
    /// <summary>The depth map itself.</summary>
    Map,

    /// <summary>A coloured point cloud.</summary>
    Points,

    /// <summary>A textured mesh.</summary>
    Mesh,

    /// <summary>What both eyes see, side by side.</summary>
    Stereo,

    /// <summary>What both eyes see, for red and cyan glasses.</summary>
    Anaglyph,

    /// <summary>An animation from moving points of view.</summary>
    Parallax,
}
