using Depth2Img.Compute;

namespace Depth2Img.Pipelines;

/// <summary>A region's prompts as the text encoder's hidden states, and which of them each evaluation sees.</summary>
/// <param name="Variants">
/// [N,S,C] each: the negative prompt and the prompt, or the prompt alone if nothing is guided. All of one length, so that no
/// evaluation needs more memory than the first.
/// </param>
/// <param name="VariantAt">For each evaluation the index of its variant.</param>
internal sealed record EncodedPrompts(IReadOnlyList<Tensor> Variants, IReadOnlyList<int> VariantAt) : IDisposable
{
    public void Dispose()
    {
        foreach (Tensor variant in Variants) variant.Dispose();
    }
}
