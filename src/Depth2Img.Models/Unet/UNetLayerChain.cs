using Depth2Img.Compute;

namespace Depth2Img.Models.Unet;

/// <summary>Layers as links of a chain, as <see cref="Layers.TensorChain"/> has ops.</summary>
internal static class UNetLayerChain
{
    /// <summary>The next layer of a chain: passes a tensor on and gives its memory back.</summary>
    public static Tensor Then(this Tensor x, UNetPass pass, IUNetLayer layer)
    {
        using (x) return layer.Forward(pass, x);
    }
}
