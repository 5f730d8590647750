namespace Depth2Img.Adapters;

/// <summary>Names of model families by the width of the text that their UNets look at.</summary>
internal static class ModelFamily
{
    /// <summary>"Stable Diffusion 2 (text of width 1024)".</summary>
    public static string Describe(long textWidth) => textWidth switch
    {
        768 => "Stable Diffusion 1 (text of width 768)",
        1024 => "Stable Diffusion 2 (text of width 1024)",
        1280 or 2048 => $"Stable Diffusion XL (text of width {textWidth})",
        _ => $"a family with text of width {textWidth}",
    };
}
