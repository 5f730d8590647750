namespace Depth2Img.Pipelines;

/// <summary>How several requests are run.</summary>
public sealed record GenerateManyOptions
{
    /// <summary>
    /// How many requests run at a time, at least 1. One keeps all processors busy already; a second fills the small gaps
    /// between its kernels, and takes the memory of a second one's activations.
    /// </summary>
    /// <exception cref="ArgumentOutOfRangeException">Below 1.</exception>
    public int Concurrency
    {
        get;
        init
        {
            ArgumentOutOfRangeException.ThrowIfLessThan(value, 1);
            field = value;
        }
    } = 1;

    /// <summary>Told of every request's stages and evaluations, on the thread that runs it; null for no reports.</summary>
    public IProgress<SequenceProgress>? Progress { get; init; }
}

/// <summary>How far one of several requests is.</summary>
/// <param name="Index">The request's place in the sequence, from 0.</param>
/// <param name="Progress">How far it is.</param>
public readonly record struct SequenceProgress(int Index, GenerationProgress Progress);
