using Depth2Img.Models.Unet;

namespace Depth2Img.Pipelines;

/// <summary>A request's prompts as the UNet's cross-attentions see them: what its evaluations need and no more.</summary>
/// <param name="guided">The negative prompt and the prompt, for both halves of guidance; null if no evaluation is guided.</param>
/// <param name="conditional">The prompt alone; null if every evaluation is guided.</param>
internal sealed class PromptContexts(UNetContext? guided, UNetContext? conditional) : IDisposable
{
    /// <summary>Both halves.</summary>
    public UNetContext Guided => guided ?? throw new InvalidOperationException("No guided evaluation was planned.");

    /// <summary>The conditional half alone.</summary>
    public UNetContext Conditional => conditional ?? throw new InvalidOperationException("Every evaluation was planned to be guided.");

    public void Dispose()
    {
        guided?.Dispose();
        conditional?.Dispose();
    }
}
