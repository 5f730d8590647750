using Depth2Img.Compute;

namespace Depth2Img.Models.Unet;

/// <summary>What an attention looks things up in.</summary>
/// <param name="Keys">[N,S,C].</param>
/// <param name="Values">[N,S,C].</param>
internal readonly record struct KeysAndValues(Tensor Keys, Tensor Values) : IDisposable
{
    public void Dispose()
    {
        Keys.Dispose();
        Values.Dispose();
    }
}
