using Depth2Img.Compute.Cpu;
using Depth2Img.Compute.Cpu.Attention;
using Depth2Img.Compute.Cpu.Gemm;
using Depth2Img.Compute.Tests.Support;

namespace Depth2Img.Compute.Tests.Cpu;

/// <summary>Steps of the running softmax, on every micro-kernel of this machine, against double precision.</summary>
public sealed unsafe class SoftmaxKernelTests
{
    private const int Block = 160;

    private static IEnumerable<MicroKernel> Kernels =>
        CpuTiers.Available.Select(tier => MicroKernel.For(tier)).Concat(NarrowTiers.Available.Select(tier => MicroKernel.NarrowFor(tier)!));

    [Fact]
    public void Weights_and_sums_of_two_blocks_agree_with_the_exact_ones()
    {
        foreach (MicroKernel kernel in Kernels)
        {
            foreach (int seen in new[] { 1, 2, 15, 16, 17, 31, 32, 33, 77, 127, Block })
            {
                float[] first = TestValues.Random(Block, 1, 20), second = TestValues.Random(Block, 2, 30);
                SoftmaxState state = SoftmaxState.Empty;
                (float unused, float[] early) = Update(kernel, first, seen, ref state);
                AssertWeights(kernel, first, seen, first.Take(seen).Max(), early);
                float before = state.Largest;
                (float scale, float[] late) = Update(kernel, second, seen, ref state);

                float largest = Math.Max(before, second.Take(seen).Max());
                AssertWeights(kernel, second, seen, largest, late);
                Assert.Equal(0, unused);
                Assert.Equal(largest, state.Largest);
                Assert.Equal(Math.Pow(2, before - largest), scale, 1e-6);
                Assert.Equal(1, state.Sum / first.Take(seen).Concat(second.Take(seen)).Sum(score => Math.Pow(2, (double)score - largest)), Tolerance(kernel));
            }
        }
    }

    [Fact]
    public void Where_the_largest_score_stays_sums_are_kept_as_they_are()
    {
        foreach (MicroKernel kernel in Kernels)
        {
            SoftmaxState state = SoftmaxState.Empty;
            float[] scores = TestValues.Random(Block, 1);
            Update(kernel, scores, Block, ref state);
            Assert.Equal(1, Update(kernel, scores, Block, ref state).Scale);
        }
    }

    [Fact]
    public void A_row_that_sees_no_key_gets_zeros_and_keeps_its_state()
    {
        foreach (MicroKernel kernel in Kernels)
        {
            SoftmaxState state = new(3, 2);
            (float scale, float[] weights) = Update(kernel, new float[Block], 0, ref state);
            Assert.Equal(1, scale);
            Assert.Equal(new SoftmaxState(3, 2), state);
            Assert.All(weights, weight => Assert.Equal(0, weight));
        }
    }

    [Fact]
    public void Scores_of_minus_infinity_weigh_nothing_also_where_there_are_no_others()
    {
        foreach (MicroKernel kernel in Kernels)
        {
            SoftmaxState state = SoftmaxState.Empty;
            (_, float[] weights) = Update(kernel, [.. Enumerable.Repeat(float.NegativeInfinity, Block)], Block, ref state);
            Assert.All(weights, weight => Assert.Equal(0, weight));
            Assert.Equal(SoftmaxState.Empty, state);
        }
    }

    [Fact]
    public void Not_a_number_and_infinity_spoil_the_sum()
    {
        foreach (MicroKernel kernel in Kernels)
        {
            // NaN with a payload, as a faulty input may have one, and one score in either half of a panel.
            foreach (float bad in new[] { float.NaN, BitConverter.UInt32BitsToSingle(0x7fc001ff), float.PositiveInfinity })
            {
                foreach (int at in new[] { 0, 9, 50, 159 })
                {
                    float[] scores = TestValues.Random(Block, 1);
                    scores[at] = bad;
                    SoftmaxState state = SoftmaxState.Empty;
                    float[] weights = Update(kernel, scores, Block, ref state).Weights;
                    Assert.True(float.IsNaN(state.Sum), kernel.GetType().Name);
                    Assert.True(float.IsNaN(weights[at]), kernel.GetType().Name);
                }
            }
        }
    }

    private static void AssertWeights(MicroKernel kernel, float[] scores, int seen, float largest, float[] weights)
    {
        for (int i = 0; i < weights.Length; i++)
        {
            double expected = i < seen ? Math.Pow(2, (double)scores[i] - largest) : 0;
            Assert.True(Math.Abs(weights[i] - expected) <= Tolerance(kernel) * expected, $"{kernel.GetType().Name}: weight {i} of {seen} is {weights[i]}, not {expected}.");
        }
    }

    /// <summary>Of powers in single precision and of the scores' difference before; or of rounding to bfloat16 and of a cubic.</summary>
    private static double Tolerance(MicroKernel kernel) => kernel.ProductsPerStep == 1 ? 4e-6 : 1.0 / 256 + 1e-4;

    /// <summary>One step on a row of scores that lies in a tile's panels; weights come back as single numbers.</summary>
    private static (float Scale, float[] Weights) Update(MicroKernel kernel, float[] scores, int seen, ref SoftmaxState state)
    {
        int width = kernel.Columns, panelStride = 3 * width;
        float[] panels = new float[Block / width * panelStride];
        for (int i = 0; i < Block; i++) panels[i / width * panelStride + i % width] = scores[i];
        using FloatBuffer source = new(panels), exact = FloatBuffer.ForResult(Block), weights = FloatBuffer.ForResult(kernel.Steps(Block));
        SoftmaxKernel softmax = kernel.CreateSoftmax();
        float largest = softmax.Largest(source.Data, panelStride, seen, state);
        float scale = softmax.Weigh(source.Data, panelStride, Block, seen, largest, exact.Data, weights.Data, ref state);
        exact.Checked();
        float[] operands = weights.Checked();
        return (scale, kernel.ProductsPerStep == 1 ? operands : [.. operands.SelectMany(Halves)]);
    }

    private static IEnumerable<float> Halves(float pair)
    {
        uint bits = BitConverter.SingleToUInt32Bits(pair);
        return [BitConverter.UInt32BitsToSingle(bits << 16), BitConverter.UInt32BitsToSingle(bits & 0xffff0000)];
    }
}
