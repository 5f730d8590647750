using Depth2Img.Compute;
using Depth2Img.Models.ControlNet;

namespace Depth2Img.Models.Unet;

/// <summary>The down path's outputs, which the up path takes from the top. Owns what is on it. Used for one evaluation after the other.</summary>
internal sealed class SkipStack
{
    /// <summary>Stable Diffusion's UNets have 12 skips; deeper ones let the stack grow in its first evaluation.</summary>
    private const int UsualDepth = 16;

    // Wide enough from the start: a run whose prompt changes meets a new context in the middle.
    private readonly Stack<Tensor> _tensors = new(UsualDepth);

    /// <summary>Takes a tensor over and returns it, for reading.</summary>
    public Tensor Push(Tensor x)
    {
        _tensors.Push(x);
        return x;
    }

    /// <summary>The last one, for reading.</summary>
    public Tensor Peek() => _tensors.Peek();

    /// <summary>Adds what a ControlNet says to each, in place.</summary>
    public void AddInPlace(IOps ops, ControlResiduals control)
    {
        int i = _tensors.Count;
        foreach (Tensor tensor in _tensors) ops.AddInPlace(tensor, control.Down(--i));
    }

    /// <summary>Hands the last one over to the caller.</summary>
    public Tensor Pop() => _tensors.Pop();

    /// <summary>Gives back what an evaluation has left.</summary>
    public void Clear()
    {
        while (_tensors.TryPop(out Tensor? tensor)) tensor.Dispose();
    }
}
