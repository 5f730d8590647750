namespace Depth2Img.Inpainting;

/// <summary>What a mask was made of.</summary>
public enum MaskSource
{
    /// <summary>A picture, whose white is repainted.</summary>
    Painted,
    /// <summary>A picture's transparency, which is repainted.</summary>
    Alpha,
    /// <summary>A range of depth.</summary>
    Depth,
}
