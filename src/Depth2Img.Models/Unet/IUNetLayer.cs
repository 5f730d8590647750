using Depth2Img.Compute;

namespace Depth2Img.Models.Unet;

/// <summary>A part of the network that makes a tensor of a tensor.</summary>
internal interface IUNetLayer
{
    /// <summary>Evaluates the layer on x, which stays the caller's.</summary>
    Tensor Forward(UNetPass pass, Tensor x);
}
