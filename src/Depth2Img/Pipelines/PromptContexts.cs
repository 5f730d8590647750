using Depth2Img.Compute;
using Depth2Img.Models.Unet;

namespace Depth2Img.Pipelines;

/// <summary>A region's prompts as a UNet's or ControlNet's cross-attentions see them: what its evaluations need and no more.</summary>
internal sealed class PromptContexts : IDisposable
{
    private readonly IReadOnlyList<int> _variantAt;

    /// <summary>For each variant: under both prompts, and under the prompt alone; null where no evaluation needs it.</summary>
    private readonly UNetContext?[] _guided, _conditional;

    private PromptContexts(EncodedPrompts prompts)
    {
        _variantAt = prompts.VariantAt;
        _guided = new UNetContext?[prompts.Variants.Count];
        _conditional = new UNetContext?[prompts.Variants.Count];
    }

    /// <summary>The prompts of an evaluation.</summary>
    /// <param name="evaluation">From 0, the run's first.</param>
    /// <param name="guided">The negative prompt and the prompt, for both halves of guidance; or the prompt alone, for the conditional half by itself.</param>
    public UNetContext At(int evaluation, bool guided) => guided
        ? _guided[_variantAt[evaluation]] ?? throw new InvalidOperationException($"Evaluation {evaluation} was not planned to be guided.")
        : _conditional[_variantAt[evaluation]] ?? throw new InvalidOperationException($"Evaluation {evaluation} was planned to be guided.");

    /// <summary>Prepares a network's cross-attentions for a region's prompts.</summary>
    /// <param name="prepare">Prepares a UNet's or ControlNet's cross-attentions for a context.</param>
    /// <param name="ops">The session.</param>
    /// <param name="prompts">The prompts.</param>
    /// <param name="settings">Which evaluations are guided.</param>
    public static PromptContexts Prepare(Func<IOps, Tensor, UNetContext> prepare, IOps ops, EncodedPrompts prompts, DenoiseSettings settings)
    {
        PromptContexts contexts = new(prompts);
        try
        {
            for (int i = 0; i < prompts.VariantAt.Count; i++)
            {
                int variant = prompts.VariantAt[i];
                Tensor tensor = prompts.Variants[variant];
                if (settings.IsGuided(i, prompts.VariantAt.Count)) contexts._guided[variant] ??= prepare(ops, tensor);
                else contexts._conditional[variant] ??= tensor.Shape[0] == 1 ? prepare(ops, tensor) : PrepareLast(prepare, ops, tensor);
            }
            return contexts;
        }
        catch
        {
            contexts.Dispose();
            throw;
        }
    }

    /// <summary>Gives the keys and values back.</summary>
    public void Dispose()
    {
        foreach (UNetContext? context in _guided) context?.Dispose();
        foreach (UNetContext? context in _conditional) context?.Dispose();
    }

    /// <summary>The last prompt of [N,S,C] alone.</summary>
    private static UNetContext PrepareLast(Func<IOps, Tensor, UNetContext> prepare, IOps ops, Tensor prompts)
    {
        int count = prompts.Shape[0], tokens = prompts.Shape[1], channels = prompts.Shape.Channels;
        using Tensor flat = ops.Reshape(prompts, new Shape(1, count * tokens, channels));
        using Tensor last = ops.SliceTokens(flat, (count - 1) * tokens, tokens); // [1,S,C]
        return prepare(ops, last);
    }
}
