namespace Depth2Img.Imaging.Drawing;

/// <summary>Which part of a line of text lies at the point that it is drawn at.</summary>
internal enum TextAlignment
{
    /// <summary>Its beginning.</summary>
    Left,
    /// <summary>Its middle.</summary>
    Centre,
    /// <summary>Its end.</summary>
    Right,
}
