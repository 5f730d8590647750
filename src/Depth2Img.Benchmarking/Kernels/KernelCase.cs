using Depth2Img.Compute;

namespace Depth2Img.Benchmarking.Kernels;

/// <summary>An op on operands of one shape.</summary>
/// <param name="Group">What the report puts together: "gemm", "linear", "conv 3x3", "attention".</param>
/// <param name="Name">The shape.</param>
/// <param name="WeightBytes">How much one copy of its weights takes in memory; 0 if there are none.</param>
/// <param name="Rows">Rows of the matrix product that it is, for the bound that memory sets; 0 where that never binds.</param>
/// <param name="Prepare">Makes so many copies of the weights, and the activations; returns the op on copy i.</param>
internal sealed record KernelCase(string Group, string Name, long WeightBytes, int Rows, Func<int, PreparedKernel> Prepare);

/// <summary>An op ready to run.</summary>
/// <param name="Run">Runs it through a session with copy i of the weights; the result is to be disposed.</param>
/// <param name="Operands">Disposed after the last run.</param>
internal sealed record PreparedKernel(Func<IOps, int, Tensor> Run, IReadOnlyList<IDisposable> Operands) : IDisposable
{
    /// <summary>Gives the operands back.</summary>
    public void Dispose()
    {
        foreach (IDisposable operand in Operands) operand.Dispose();
    }
}
