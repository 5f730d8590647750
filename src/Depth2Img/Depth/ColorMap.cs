namespace Depth2Img.Depth;

/// <summary>Colours for a depth map to look at, from far to near.</summary>
public enum ColorMap
{
    /// <summary>Black to white.</summary>
    Gray,

    /// <summary>Blue over green to red: the most steps that can be told apart; lightness rises and falls.</summary>
    Turbo,

    /// <summary>Violet over green to yellow, of even lightness steps.</summary>
    Viridis,

    /// <summary>Black over purple to cream, of even lightness steps.</summary>
    Magma,

    /// <summary>Black over red to pale yellow, of even lightness steps.</summary>
    Inferno,

    /// <summary>Blue over red to yellow, of even lightness steps.</summary>
    Plasma,
}
