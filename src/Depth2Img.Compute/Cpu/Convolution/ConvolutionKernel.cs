namespace Depth2Img.Compute.Cpu.Convolution;

/// <summary>One way of computing convolutions. A back end has a list of them and takes the first that suits.</summary>
internal abstract class ConvolutionKernel
{
    /// <summary>Whether this way serves a convolution, and well.</summary>
    public abstract bool Suits(in ConvolutionCall call);

    /// <summary>Whether it normalises what it reads, adds a shift and gathers moments where a call says so.</summary>
    public virtual bool AppliesNorm => false;

    /// <summary>Computes it on all threads.</summary>
    /// <exception cref="OperationCanceledException">The token was cancelled before the last task began.</exception>
    public abstract void Run(in ConvolutionCall call, CancellationToken cancellationToken);
}
