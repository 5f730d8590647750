using Depth2Img.Compute;
using Depth2Img.Models.Unet;

namespace Depth2Img.Pipelines;

/// <summary>A request's prompts as a UNet's or ControlNet's cross-attentions see them: what its evaluations need and no more.</summary>
internal sealed class PromptContexts : IDisposable
{
    private readonly UNetContext? _guided;
    private readonly UNetContext? _conditional;

    private PromptContexts(UNetContext? guided, UNetContext? conditional)
    {
        _guided = guided;
        _conditional = conditional;
    }

    /// <summary>The prompts of an evaluation.</summary>
    /// <param name="evaluation">From 0, the run's first.</param>
    /// <param name="guided">The negative prompt and the prompt, for both halves of guidance; or the prompt alone, for the conditional half by itself.</param>
    public UNetContext At(int evaluation, bool guided) => guided
        ? _guided ?? throw new InvalidOperationException($"Evaluation {evaluation} was not planned to be guided.")
        : _conditional ?? throw new InvalidOperationException($"Evaluation {evaluation} was planned to be guided.");

    /// <summary>Prepares a network's cross-attentions for a request's prompts.</summary>
    /// <param name="prepare">Prepares a UNet's or ControlNet's cross-attentions for a context.</param>
    /// <param name="ops">The session.</param>
    /// <param name="prompts">[N,S,C]: the negative prompt and the prompt; or the prompt alone, if nothing is guided.</param>
    /// <param name="conditionalToo">Whether some evaluations are guided and others not.</param>
    public static PromptContexts Prepare(Func<IOps, Tensor, UNetContext> prepare, IOps ops, Tensor prompts, bool conditionalToo)
    {
        UNetContext all = prepare(ops, prompts);
        if (prompts.Shape[0] == 1) return new PromptContexts(null, all);
        try
        {
            return new PromptContexts(all, conditionalToo ? PrepareLast(prepare, ops, prompts) : null);
        }
        catch
        {
            all.Dispose();
            throw;
        }
    }

    /// <summary>Gives the keys and values back.</summary>
    public void Dispose()
    {
        _guided?.Dispose();
        _conditional?.Dispose();
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
