using System.Runtime.CompilerServices;
using Depth2Img.Compute.Cpu;
using Depth2Img.Compute.Cpu.Elementwise;
using Depth2Img.Compute.Cpu.Vectors;
using Depth2Img.Compute.Reference;
using Depth2Img.Compute.Tests.Support;

namespace Depth2Img.Compute.Tests.Elementwise;

public unsafe class VectorMathTests
{
    private const double Ulp = 1.1920929e-7;
    private const double SmallestNormal = 1.17549435e-38;

    private static readonly float[] Arguments = TestValues.AllMagnitudes(29_989);

    [Theory]
    [ClassData(typeof(Tiers))]
    public void Exp_is_within_two_ulp_everywhere(CpuTier tier) =>
        Check(tier, default(ExpOperator), Math.Exp, (x, y) => 2 * Ulp * y + 2 * float.Epsilon);

    [Theory]
    [ClassData(typeof(Tiers))]
    public void Powers_of_two_of_negative_numbers_are_within_three_ulp(CpuTier tier) =>
        Check(tier, default(NegativeExp2Operator), x => Math.Pow(2, Math.Min(x, 0)), (x, y) => x < -126 ? SmallestNormal : 3e-7 * y);

    [Theory]
    [ClassData(typeof(Tiers))]
    public void Sigmoid_is_within_four_ulp_on_the_far_left_too(CpuTier tier) =>
        Check(tier, default(SigmoidOperator), x => ReferenceMath.Activate(x, Activation.Sigmoid), (x, y) => 4 * Ulp * y + 4 * float.Epsilon);

    [Theory]
    [ClassData(typeof(Tiers))]
    public void Silu_keeps_its_relative_precision_until_it_vanishes(CpuTier tier) =>
        Check(tier, default(SiluOperator), x => ReferenceMath.Activate(x, Activation.Silu), (x, y) => x > -87 ? 4e-7 * Math.Abs(y) + float.Epsilon : 1e-35);

    [Theory]
    [ClassData(typeof(Tiers))]
    public void Quick_gelu_loses_no_more_than_the_rounding_of_its_argument(CpuTier tier) =>
        Check(tier, default(QuickGeluOperator), x => ReferenceMath.Activate(x, Activation.QuickGelu),
            (x, y) => 1.702 * x > -87 ? (4e-7 + 1.2e-7 * Math.Abs(1.702 * x)) * Math.Abs(y) + float.Epsilon : 1e-35);

    [Theory]
    [ClassData(typeof(Tiers))]
    public void Tanh_is_within_three_ulp(CpuTier tier) =>
        Check(tier, default(TanhOperator), Math.Tanh, (x, y) => 3 * Ulp * Math.Abs(y) + float.Epsilon);

    [Theory]
    [ClassData(typeof(Tiers))]
    public void Erf_is_within_four_ulp(CpuTier tier) =>
        Check(tier, default(ErfOperator), ReferenceMath.Erf, (x, y) => 4 * Ulp * Math.Abs(y) + float.Epsilon);

    [Theory]
    [ClassData(typeof(Tiers))]
    public void Gelu_is_within_the_precision_of_its_argument(CpuTier tier) =>
        Check(tier, default(GeluOperator), x => ReferenceMath.Activate(x, Activation.Gelu), (x, y) => 2e-7 * Math.Max(1, Math.Abs(x)));

    [Theory]
    [ClassData(typeof(Tiers))]
    public void Small_gelus_keep_their_relative_precision(CpuTier tier) =>
        Check(tier, default(GeluOperator), x => ReferenceMath.Activate(x, Activation.Gelu),
            (x, y) => Math.Abs(x) is > SmallestNormal * 4 and < 0.5 ? 5e-7 * Math.Abs(y) : double.PositiveInfinity);

    /// <summary>Compares with a function in double precision; a result of the wrong infinity or NaN always fails.</summary>
    private static void Check<TOperator>(CpuTier tier, TOperator op, Func<double, double> truth, Func<double, double, double> bound)
        where TOperator : struct, IUnaryOperator
    {
        using FloatBuffer source = new(Arguments);
        using FloatBuffer target = FloatBuffer.ForResult(Arguments.Length);
        UnaryKernel.ApplyRow(tier, source.Data, target.Data, Arguments.Length, op);
        float[] found = target.Checked();
        for (int i = 0; i < found.Length; i++)
        {
            double expected = truth(Arguments[i]);
            bool right = float.IsFinite((float)expected)
                ? Math.Abs(found[i] - expected) <= bound(Arguments[i], expected)
                : found[i].Equals((float)expected);
            if (!right) Assert.Fail($"At {Arguments[i]:R} ({tier}): {found[i]:R} where {expected:R} is right.");
        }
    }

    private readonly struct ExpOperator : IUnaryOperator
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public TVector Invoke<TWidth, TVector>(TVector x)
            where TWidth : IVectorWidth<TVector>
            where TVector : unmanaged => VectorMath.Exp<TWidth, TVector>(x);
    }

    /// <summary>Positive arguments, which the function is not for, stand for 0.</summary>
    private readonly struct NegativeExp2Operator : IUnaryOperator
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public TVector Invoke<TWidth, TVector>(TVector x)
            where TWidth : IVectorWidth<TVector>
            where TVector : unmanaged
        {
            TVector zero = TWidth.Create(0);
            return VectorMath.Exp2OfNegative<TWidth, TVector>(TWidth.IfLess(zero, x, zero, x), Constant(6), Constant(0), Constant(1), Constant(2), Constant(3), Constant(4), Constant(5));

            static TVector Constant(int index) => TWidth.Create(Exp2Coefficients.At(ref Exp2Coefficients.First, index));
        }
    }

    private readonly struct ErfOperator : IUnaryOperator
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public TVector Invoke<TWidth, TVector>(TVector x)
            where TWidth : IVectorWidth<TVector>
            where TVector : unmanaged => VectorMath.Erf<TWidth, TVector>(x);
    }
}
