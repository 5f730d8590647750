using Depth2Img.Compute;

namespace Depth2Img.Models.ControlNet;

/// <summary>What a ControlNet adds to a UNet's skips and middle in one evaluation. Belongs to the session that made it.</summary>
public sealed class ControlResiduals : IDisposable
{
    private readonly Tensor?[] _down;
    private Tensor? _mid;

    internal ControlResiduals(int downCount) => _down = new Tensor?[downCount];

    /// <summary>How many there are for the down path.</summary>
    public int DownCount => _down.Length;

    /// <summary>For the middle block's output: [N,h,w,C].</summary>
    public Tensor Mid
    {
        get => _mid ?? throw new ObjectDisposedException(nameof(ControlResiduals));
        internal set => _mid = value;
    }

    /// <summary>For an output of the down path: [N,h,w,C].</summary>
    /// <param name="index">Which one, outermost first; 0 is the first convolution's.</param>
    public Tensor Down(int index) => _down[index] ?? throw new ObjectDisposedException(nameof(ControlResiduals));

    /// <summary>Takes a tensor over.</summary>
    internal void SetDown(int index, Tensor residual) => _down[index] = residual;

    /// <summary>Gives the memory back.</summary>
    public void Dispose()
    {
        foreach (Tensor? residual in _down) residual?.Dispose();
        _mid?.Dispose();
    }
}
