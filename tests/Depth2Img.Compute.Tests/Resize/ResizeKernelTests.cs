using Depth2Img.Compute.Cpu;
using Depth2Img.Compute.Cpu.Resize;
using Depth2Img.Compute.Tests.Support;

namespace Depth2Img.Compute.Tests.Resize;

public unsafe class ResizeKernelTests
{
    private static readonly WorkerPool OneThread = new(1);

    // Height and width in, channels, height and width out.
    private static readonly (int H, int W, int C, int NewH, int NewW)[] Shapes =
    [
        (1, 1, 1, 1, 1), (1, 1, 5, 3, 4), (2, 3, 7, 4, 6), (3, 5, 8, 5, 9), (7, 4, 16, 3, 2), (5, 5, 33, 1, 1), (4, 4, 31, 8, 8), (3, 2, 64, 7, 11), (6, 6, 1, 13, 4),
    ];

    [Fact]
    public void Nearest_picks_the_pixels_that_the_reference_picks()
    {
        foreach ((int h, int w, int c, int newH, int newW) in Shapes)
        {
            float[] x = TestValues.Random(2 * h * w * c, h);
            using FloatBuffer source = new(x, 1), target = FloatBuffer.ForResult(2 * newH * newW * c, 3);
            NearestKernel.Run(OneThread, source.Data, target.Data, 2, h, w, c, newH, newW);
            Close.AssertSameBits(Truth.Of(x, new Shape(2, h, w, c), (ops, t) => ops.ResizeNearest(t, newH, newW)), target.Checked());
        }
    }

    [Theory]
    [ClassData(typeof(Tiers))]
    public void Bilinear_agrees_with_the_reference_with_and_without_aligned_corners(CpuTier tier)
    {
        foreach ((int h, int w, int c, int newH, int newW) in Shapes)
        {
            foreach (bool aligned in new[] { false, true })
            {
                float[] x = TestValues.Random(2 * h * w * c, h);
                using FloatBuffer source = new(x, 1), target = FloatBuffer.ForResult(2 * newH * newW * c, 3);
                BilinearKernel.Run(tier, OneThread, source.Data, target.Data, 2, h, w, c, newH, newW, aligned);
                float[] expected = Truth.Of(x, new Shape(2, h, w, c), (ops, t) => ops.ResizeBilinear(t, newH, newW, aligned));
                Close.AssertAll(expected, target.Checked(), 4e-7, 0, $"{h}x{w}x{c} to {newH}x{newW}, aligned {aligned}");
            }
        }
    }

    [Theory]
    [ClassData(typeof(Tiers))]
    public void Pools_agree_with_the_reference_with_every_border(CpuTier tier)
    {
        (int, int, int, int, Window)[] cases =
        [
            (1, 1, 1, 1, Window.Of(1, 0)), (4, 6, 5, 2, Window.Of(2, 0)), (5, 7, 16, 3, Window.Of(2, 1)), (8, 8, 33, 3, Window.Same(2, 3, 8, 8)),
            (6, 5, 20, 3, new Window(1, 2, 0, 1, 2)), (3, 3, 64, 3, Window.Of(3, 0)),
        ];
        foreach ((int h, int w, int c, int kernel, Window window) in cases)
        {
            foreach (bool zeroBorder in new[] { false, true })
            {
                float[] x = TestValues.Random(2 * h * w * c, h, 1, -0.9f);
                Shape shape = new(2, h, w, c), pooled = OpShapes.MaxPool2d(shape, kernel, window);
                using FloatBuffer source = new(x, 1), target = FloatBuffer.ForResult((int)pooled.Count, 3);
                MaxPoolKernel.Run(tier, OneThread, source.Data, shape, target.Data, pooled, kernel, window, zeroBorder);
                float[] expected = Truth.Of(x, shape, (ops, t) => ops.MaxPool2d(t, kernel, window, zeroBorder));
                Close.AssertSameBits(expected, target.Checked(), $"{h}x{w}x{c}, kernel {kernel}, {window}, zeros {zeroBorder}");
            }
        }
    }

    [Theory]
    [ClassData(typeof(Tiers))]
    public void A_NaN_wins_its_windows(CpuTier tier)
    {
        float[] x = TestValues.Random(4 * 4 * 20, 1);
        x[20] = float.NaN;
        x[5 * 20 + 17] = float.NaN;
        Shape shape = new(1, 4, 4, 20), pooled = new(1, 2, 2, 20);
        using FloatBuffer source = new(x), target = FloatBuffer.ForResult((int)pooled.Count);
        MaxPoolKernel.Run(tier, OneThread, source.Data, shape, target.Data, pooled, 2, Window.Of(2, 0), zeroBorder: false);
        Assert.Equal([0, 17], target.Checked().Index().Where(v => float.IsNaN(v.Item)).Select(v => v.Index));
    }

    [Theory]
    [ClassData(typeof(Tiers))]
    public void The_number_of_threads_changes_no_bit(CpuTier tier)
    {
        float[] x = TestValues.Random(2 * 40 * 50 * 20, 2);
        Shape shape = new(2, 40, 50, 20), pooled = new(2, 20, 25, 20);
        float[][]? first = null;
        foreach (int threads in new[] { 1, 2, 5 })
        {
            using WorkerPool pool = new(threads);
            using FloatBuffer source = new(x);
            using FloatBuffer near = FloatBuffer.ForResult(2 * 61 * 33 * 20), linear = FloatBuffer.ForResult(2 * 61 * 33 * 20), most = FloatBuffer.ForResult((int)pooled.Count);
            NearestKernel.Run(pool, source.Data, near.Data, 2, 40, 50, 20, 61, 33);
            BilinearKernel.Run(tier, pool, source.Data, linear.Data, 2, 40, 50, 20, 61, 33, alignCorners: false);
            MaxPoolKernel.Run(tier, pool, source.Data, shape, most.Data, pooled, 2, Window.Of(2, 0), zeroBorder: false);
            float[][] found = [near.Checked(), linear.Checked(), most.Checked()];
            first ??= found;
            for (int i = 0; i < found.Length; i++) Close.AssertSameBits(first[i], found[i]);
        }
    }
}
