using Depth2Img.Compute;

namespace Depth2Img.Models.Unet;

/// <summary>
/// A prompt as a UNet's cross-attentions see it: the keys and values of each. They depend on the prompt alone, so
/// they are made once for all denoising steps. Belongs to the session that made it.
/// </summary>
public sealed class UNetContext : IDisposable
{
    private readonly Dictionary<Attention, KeysAndValues> _keysAndValues = [];

    internal UNetContext(IOps ops, Tensor context, IEnumerable<Attention> crossAttentions)
    {
        Batch = context.Shape[0];
        try
        {
            foreach (Attention attention in crossAttentions) _keysAndValues.Add(attention, attention.Project(ops, context));
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    /// <summary>N: how many prompts there are.</summary>
    public int Batch { get; }

    /// <summary>The stack of the session's evaluations under this prompt, empty between them; kept so that none needs one of its own.</summary>
    internal SkipStack Skips { get; } = new();

    internal KeysAndValues this[Attention attention] =>
        _keysAndValues.TryGetValue(attention, out KeysAndValues found) ? found : throw new ArgumentException("The context was prepared by another network, or is disposed.");

    /// <summary>Gives the memory back.</summary>
    public void Dispose()
    {
        foreach (KeysAndValues pair in _keysAndValues.Values) pair.Dispose();
        _keysAndValues.Clear();
    }
}
