using Depth2Img.Compute.Cpu.Attention;
using Depth2Img.Compute.Cpu.MachineCode;

namespace Depth2Img.Compute.Cpu.Gemm;

/// <summary>
/// 12 x 32 in AVX512-BF16: operands are pairs of bfloat16 in the place of floats, sums are single precision. The
/// instruction adds a pair's upper product first, flushes subnormal numbers to zero, and rounds to the nearest after each product.
/// </summary>
internal sealed unsafe class MicroKernelBFloat16 : MicroKernel
{
    private static readonly Lazy<nint[]?> s_functions = new(() => AssembledCode.TryLoad(
        AssembledCode.System,
        [
            BFloat16RoundProgram.Assemble(),
            .. Enumerable.Range(1, BFloat16DotProgram.MaxRows).Select(rows => BFloat16DotProgram.Assemble(rows, RowStride)),
            BFloat16SoftmaxProgram.AssembleLargest(),
            BFloat16SoftmaxProgram.AssemblePowers(),
        ]));

    private readonly nint[] _functions;

    /// <summary>Assembles the kernel, once a process.</summary>
    /// <exception cref="NotSupportedException">See <see cref="IsAvailable"/>.</exception>
    public MicroKernelBFloat16()
    {
        if (!IsAvailable) throw new NotSupportedException("The processor has no AVX512-BF16 instructions, or the system runs no assembled code.");
        _functions = s_functions.Value!;
    }

    /// <summary>Whether the processor has the instructions and the system lets assembled code run.</summary>
    public static bool IsAvailable => ProcessorFeatures.HasAvx512BFloat16 && s_functions.Value is not null;

    /// <inheritdoc/>
    public override int Rows => BFloat16DotProgram.MaxRows;

    /// <inheritdoc/>
    public override int Columns => BFloat16DotProgram.Columns;

    /// <inheritdoc/>
    public override int ProductsPerStep => 2;

    /// <inheritdoc/>
    public override void PackLeft(float* source, int count, float* target)
    {
        int whole = count / BFloat16RoundProgram.ValuesPerRound * BFloat16RoundProgram.ValuesPerRound;
        if (whole > 0)
        {
            var function = (delegate* unmanaged[SuppressGCTransition]<float*, ushort*, nint, void>)_functions[0];
            function(source, (ushort*)target, whole);
        }
        BFloat16Rounding.RoundRow(source + whole, count - whole, (ushort*)target + whole);
    }

    /// <inheritdoc/>
    public override void PackRight(float* first, float* second, int count, float* target) => BFloat16Rounding.PairRows(first, second, count, (uint*)target);

    /// <inheritdoc/>
    public override SoftmaxKernel CreateSoftmax() => new BFloat16Softmax(this, _functions[^2], _functions[^1]);

    /// <inheritdoc/>
    public override void Multiply(int rows, float* a, float* b, float* c, int steps, bool accumulate)
    {
        var function = (delegate* unmanaged[SuppressGCTransition]<float*, float*, float*, nint, nint, void>)_functions[rows];
        function(a, b, c, steps, accumulate ? 1 : 0);
    }
}
