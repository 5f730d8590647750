using Depth2Img.Compute;
using Depth2Img.Models.Layers;

namespace Depth2Img.Models.Dpt;

/// <summary>Makes the transformer's tokens of a picture.</summary>
internal interface IDptEmbeddings
{
    /// <summary>Embeds pictures.</summary>
    /// <param name="ops">The session.</param>
    /// <param name="pixels">[N,H,W,in].</param>
    /// <param name="features">Takes the pictures [N,h,w,C] that go to the neck past the transformer, if there are any.</param>
    /// <returns>[N,1+tokens,C], the class token first.</returns>
    Tensor Forward(IOps ops, Tensor pixels, TensorList features);
}
