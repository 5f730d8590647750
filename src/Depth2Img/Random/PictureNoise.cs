namespace Depth2Img.Random;

/// <summary>
/// One picture's part of the noise that is drawn for all pictures of a batch at once, so that a picture that is made by itself
/// gets what it would get among the others.
/// </summary>
/// <param name="batch">The batch's stream, at the same place for each of its pictures.</param>
/// <param name="total">Values of a draw for the batch.</param>
/// <param name="offset">Where the picture's begin.</param>
internal sealed class PictureNoise(IRandomSource batch, int total, int offset) : IRandomSource
{
    private readonly float[] _all = new float[total];

    /// <inheritdoc/>
    public void FillNormal(Span<float> destination)
    {
        batch.FillNormal(_all);
        _all.AsSpan(offset, destination.Length).CopyTo(destination);
    }
}
