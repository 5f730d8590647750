namespace Depth2Img.Compute;

/// <summary>
/// Single-precision activations of a back end: a handle, not memory. Networks pass handles between ops and never
/// look inside, so that a back end may keep the values anywhere. Dispose a tensor as soon as no later op needs it:
/// its memory is reused by the next one. So is the handle, some tensors later: forget it when it is disposed.
/// </summary>
/// <param name="shape">The dimensions, channels last.</param>
public abstract class Tensor(Shape shape) : IDisposable
{
    /// <summary>The dimensions, channels last.</summary>
    public Shape Shape { get; private protected set; } = shape;

    /// <summary>Gives the memory back. A second call does nothing as long as the handle has not become another tensor's.</summary>
    public void Dispose()
    {
        Dispose(disposing: true);
        GC.SuppressFinalize(this);
    }

    /// <summary>Gives the memory back.</summary>
    /// <param name="disposing">False when called by a finaliser.</param>
    protected abstract void Dispose(bool disposing);
}
