namespace Depth2Img.Compute.Cpu.Convolution;

/// <summary>One way of computing convolutions. A back end has a list of them and takes the first that suits.</summary>
internal abstract class ConvolutionKernel
{
    /// <summary>Whether this way serves a convolution, and well.</summary>
    public abstract bool Suits(in ConvolutionCall call);

    /// <summary>Computes it on all threads.</summary>
    /// <exception cref="OperationCanceledException">The token was cancelled before the last task began.</exception>
    public abstract void Run(in ConvolutionCall call, CancellationToken cancellationToken);
}
