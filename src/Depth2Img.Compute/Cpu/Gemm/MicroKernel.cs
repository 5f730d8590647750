using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;
using Depth2Img.Compute.Cpu.Amx;
using Depth2Img.Compute.Cpu.Attention;
using Depth2Img.Compute.Cpu.Tuning;
using Depth2Img.Compute.Cpu.Vectors;

namespace Depth2Img.Compute.Cpu.Gemm;

/// <summary>
/// The innermost loop of every matrix product of a tier: a tile of <see cref="Rows"/> x <see cref="Columns"/> sums held in
/// registers while a block of products streams past. Convolutions and attention are built on the same loop.
/// </summary>
internal abstract unsafe class MicroKernel
{
    /// <summary>The most steps that one call sums: a panel's block of operands then stays in the first cache levels.</summary>
    public const int MaxDepth = 320;

    /// <summary>
    /// Steps from one row of packed left operands to the next: a constant, so that rows are reached by displacement
    /// from one register, and one cache line more than <see cref="MaxDepth"/>, so that rows do not meet in the same cache set.
    /// </summary>
    public const int RowStride = MaxDepth + 16;

    /// <summary>The tallest tile of any tier.</summary>
    public const int MaxRows = 32;

    /// <summary>The widest tile of any tier.</summary>
    public const int MaxColumns = 32;

    /// <summary>What the products around the kernel are cut into; the plainest tier's unless a tier asks for its own.</summary>
    public KernelBlocks Blocks { get; init; } = KernelTable.BuiltIn[CpuTier.Vector128];

    /// <summary>Rows of a full tile.</summary>
    public abstract int Rows { get; }

    /// <summary>Columns of a tile, and of a packed panel: a multiple of 8.</summary>
    public abstract int Columns { get; }

    /// <summary>
    /// Products of one step of a sum. An operand of a step fills 32 bits: a float, or a pair of 16-bit numbers, whose
    /// products are summed in one instruction.
    /// </summary>
    public virtual int ProductsPerStep => 1;

    /// <summary>Sums take a multiple of this many steps, a divisor of <see cref="MaxDepth"/>: operands are filled up with zeros.</summary>
    public virtual int StepMultiple => 1;

    /// <summary>Steps that a number of products takes.</summary>
    public int Steps(int products)
    {
        int unit = ProductsPerStep * StepMultiple;
        return (products + unit - 1) / unit * StepMultiple;
    }

    /// <summary>Where a piece of a sum begins that is cut into about equal ones.</summary>
    /// <param name="steps">Steps of the sum, as <see cref="Steps"/> says.</param>
    /// <param name="piece">Which piece; the number of pieces for the end of the last.</param>
    /// <param name="pieces">How many pieces.</param>
    public int CutSteps(int steps, int piece, int pieces) => (int)((long)(steps / StepMultiple) * piece / pieces) * StepMultiple;

    /// <summary>
    /// Readies the calling thread for <see cref="Multiply"/>, until what is returned is disposed: around a task, not around each call.
    /// Not to be nested.
    /// </summary>
    public Use Begin()
    {
        Enter();
        return new Use(this);
    }

    /// <summary>How many multiply-adds a thread makes in the time that it takes to pack one float of a row.</summary>
    public virtual double PackingCost => 5;

    /// <summary>Turns a row into left operands; products that a last step lacks become zeros.</summary>
    /// <param name="source">The row's values.</param>
    /// <param name="count">How many.</param>
    /// <param name="target">As many steps as they take. Not the source.</param>
    public virtual void PackLeft(float* source, int count, float* target) =>
        new ReadOnlySpan<float>(source, count).CopyTo(new Span<float>(target, count));

    /// <summary>Turns the rows of one step into right operands.</summary>
    /// <param name="first">A row of the right matrix.</param>
    /// <param name="second">The next row, if a step has two products and there is one; else null.</param>
    /// <param name="count">Values of a row.</param>
    /// <param name="target">As many operands.</param>
    public virtual void PackRight(float* first, float* second, int count, float* target) =>
        new ReadOnlySpan<float>(first, count).CopyTo(new Span<float>(target, count));

    /// <summary>c = a b, or c += a b. Every sum is taken in the order of its products, whatever the number of rows.</summary>
    /// <param name="rows">How many rows of the tile count, 1 to <see cref="Rows"/>. Some more may be read and written.</param>
    /// <param name="a">Left operands, [rows][<see cref="RowStride"/>].</param>
    /// <param name="b">Right operands, [steps][<see cref="Columns"/>], 64-byte aligned.</param>
    /// <param name="c">The tile, [<see cref="Rows"/>][<see cref="Columns"/>], aligned as b.</param>
    /// <param name="steps">How many steps, 1 to <see cref="MaxDepth"/>.</param>
    /// <param name="accumulate">Whether to add to what the tile holds.</param>
    public abstract void Multiply(int rows, float* a, float* b, float* c, int steps, bool accumulate);

    /// <summary>The softmax step whose weights are left operands of this kernel; in single precision unless a kernel has its own.</summary>
    public virtual SoftmaxKernel CreateSoftmax() =>
        Avx512F.IsSupported && Columns >= 2 * Width512.Count ? new VectorSoftmax<Width512, Vector512<float>>(this)
        : Columns >= 2 * Width256.Count ? new VectorSoftmax<Width256, Vector256<float>>(this)
        : new VectorSoftmax<Width128, Vector128<float>>(this);

    /// <summary>The kernel of 16-bit products that a tier has, or null for a tier of float arithmetic.</summary>
    /// <param name="tier">The tier.</param>
    /// <param name="blocks">What products are cut into; null for the tier's entry of the table.</param>
    public static MicroKernel? NarrowFor(CpuTier tier, KernelBlocks? blocks = null) => tier switch
    {
        CpuTier.Avx512BFloat16 => new MicroKernelBFloat16 { Blocks = blocks ?? KernelTable.BuiltIn[tier] },
        CpuTier.Amx => new MicroKernelAmx(AmxSupport.Current.Unit) { Blocks = blocks ?? KernelTable.BuiltIn[tier] },
        _ => null,
    };

    /// <summary>The kernel of a tier for products in single precision.</summary>
    /// <param name="tier">The tier.</param>
    /// <param name="blocks">What products are cut into; null for the tier's entry of the table.</param>
    public static MicroKernel For(CpuTier tier, KernelBlocks? blocks = null) => tier.Vectors() switch
    {
        CpuTier.Avx512 => new MicroKernelAvx512 { Blocks = blocks ?? KernelTable.BuiltIn[tier] },
        CpuTier.Avx2 => new MicroKernelAvx2 { Blocks = blocks ?? KernelTable.BuiltIn[tier] },
        CpuTier.Vector128 => new MicroKernelVector128 { Blocks = blocks ?? KernelTable.BuiltIn[tier] },
        _ => throw new ArgumentOutOfRangeException(nameof(tier), tier, "No such tier."),
    };

    /// <summary>What a thread must do before its first product.</summary>
    protected virtual void Enter() { }

    /// <summary>What it must do after its last one.</summary>
    protected virtual void Leave() { }

    /// <summary>A thread's use of a kernel.</summary>
    public readonly ref struct Use(MicroKernel kernel)
    {
        /// <summary>Ends it.</summary>
        public void Dispose() => kernel.Leave();
    }
}
