using Depth2Img.Compute.Checkpoints;

namespace Depth2Img.Checkpoints;

/// <summary>
/// A network's weights until somebody cancels: a network's constructor asks for one tensor after another and knows
/// nothing of cancellation, so that here is the place to end it.
/// </summary>
/// <param name="source">The weights.</param>
/// <param name="cancellationToken">Once it is cancelled, no more tensors are given.</param>
internal sealed class CancellableWeights(IWeightSource source, CancellationToken cancellationToken) : IWeightSource
{
    /// <inheritdoc/>
    public string Description => source.Description;

    /// <inheritdoc/>
    public IReadOnlyCollection<string> Names => source.Names;

    /// <inheritdoc/>
    public bool Contains(string name) => source.Contains(name);

    /// <inheritdoc/>
    /// <exception cref="OperationCanceledException">The token was cancelled.</exception>
    public WeightTensor this[string name]
    {
        get
        {
            cancellationToken.ThrowIfCancellationRequested();
            return source[name];
        }
    }
}
