using Depth2Img.Depth;
using Depth2Img.Imaging;

namespace Depth2Img.Composition;

/// <summary>
/// Measures how much of one picture's composition others have. The estimator should be another than the one that
/// conditioned them: a network finds its own maps again more easily than what they stand for.
/// </summary>
public sealed class CompositionScorer
{
    private readonly IDepthEstimator _estimator;
    private readonly Image _input;
    private readonly DepthMap _depth;
    private readonly EdgeMap _edges;

    /// <summary>Looks at the input.</summary>
    /// <param name="input">The picture that the others were made of.</param>
    /// <param name="estimator">Sees the depth of all pictures; not disposed here.</param>
    /// <param name="cancellationToken">Ends the estimate between two ops.</param>
    public CompositionScorer(Image input, IDepthEstimator estimator, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(input);
        ArgumentNullException.ThrowIfNull(estimator);
        _estimator = estimator;
        _input = input;
        _depth = DepthOf(input, cancellationToken);
        _edges = CannyEdges.Detect(input);
    }

    /// <summary>The estimator's name.</summary>
    public string DepthModel => _estimator.Name;

    /// <summary>Measures a picture.</summary>
    /// <param name="result">A picture of the input's size.</param>
    /// <param name="cancellationToken">Ends the estimate between two ops.</param>
    /// <exception cref="ArgumentException">It is of another size.</exception>
    public CompositionScore Score(Image result, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(result);
        if (result.Width != _input.Width || result.Height != _input.Height)
            throw new ArgumentException($"A {result.Width}x{result.Height} picture cannot be held against one of {_input.Width}x{_input.Height}.", nameof(result));
        double depth = DepthMap.Correlation(_depth, DepthOf(result, cancellationToken));
        return new CompositionScore(depth, CompositionScore.EdgeF1(_edges, CannyEdges.Detect(result)));
    }

    /// <summary>Depth at the estimator's own working size, which pictures of one size share.</summary>
    private DepthMap DepthOf(Image image, CancellationToken cancellationToken) =>
        _estimator.Estimate(image.CompositeOn(255, 255, 255), cancellationToken);
}
