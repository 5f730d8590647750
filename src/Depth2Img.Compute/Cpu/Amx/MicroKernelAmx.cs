using Depth2Img.Compute.Cpu.Gemm;

namespace Depth2Img.Compute.Cpu.Amx;

/// <summary>
/// 32 x 32 in AMX-BF16: operands are pairs of bfloat16 in the place of floats, sums are single precision. The instruction sums
/// the lower and the upper products of 16 pairs apart and adds both to the sum at its end; it takes subnormal numbers as zeros and rounds to the nearest.
/// </summary>
/// <param name="unit">The assembled kernels.</param>
internal sealed unsafe class MicroKernelAmx(AmxUnit unit) : MicroKernel
{
    private const int PairsPerStep = Tiles.Products / 2;

    /// <summary>The assembled kernels.</summary>
    public AmxUnit Unit => unit;

    /// <inheritdoc/>
    public override int Rows => TileBlock.MaxRows;

    /// <inheritdoc/>
    public override int Columns => TileBlock.Columns;

    /// <inheritdoc/>
    public override int ProductsPerStep => 2;

    /// <inheritdoc/>
    public override int StepMultiple => PairsPerStep;

    /// <inheritdoc/>
    /// <remarks>A sixteenth of about four cycles, at 512 products a cycle; reckoned, not measured.</remarks>
    public override double PackingCost => 128;

    /// <inheritdoc/>
    public override void PackLeft(float* source, int count, float* target)
    {
        BFloat16Rounding.RoundRow(source, count, (ushort*)target);
        int pairs = (count + 1) / 2;
        new Span<float>(target + pairs, Steps(count) - pairs).Clear();
    }

    /// <inheritdoc/>
    public override void PackRight(float* first, float* second, int count, float* target) => BFloat16Rounding.PairRows(first, second, count, (uint*)target);

    /// <inheritdoc/>
    public override void Multiply(int rows, float* a, float* b, float* c, int steps, bool accumulate) =>
        unit.Multiply(rows, a, b, c, steps / PairsPerStep, accumulate);

    /// <inheritdoc/>
    protected override void Enter() => unit.Configure();

    /// <inheritdoc/>
    protected override void Leave() => unit.Release();
}
