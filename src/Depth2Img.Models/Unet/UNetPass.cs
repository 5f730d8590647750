using Depth2Img.Compute;

namespace Depth2Img.Models.Unet;

/// <summary>What all blocks share during one evaluation of the network.</summary>
/// <param name="Ops">The session.</param>
/// <param name="TimeEmbedding">[N,T], after the SiLU that every residual block applies first.</param>
/// <param name="Context">The prompt.</param>
/// <param name="Observer">Sees what the modules make, or null.</param>
internal readonly record struct UNetPass(IOps Ops, Tensor TimeEmbedding, UNetContext Context, TensorObserver? Observer)
{
    /// <summary>Shows a module's output to the observer and passes it on.</summary>
    public Tensor Observed(string path, Tensor output)
    {
        Observer?.Invoke(path, output);
        return output;
    }
}
