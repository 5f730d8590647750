using Depth2Img.Compute.Cpu;
using Depth2Img.Compute.Cpu.Amx;
using Depth2Img.Compute.Cpu.Gemm;
using Depth2Img.Compute.Tests.Support;

namespace Depth2Img.Compute.Tests.Amx;

/// <summary>The assembled functions one at a time, on operands packed by hand.</summary>
public sealed unsafe class AmxKernelTests(AmxFixture amx) : IClassFixture<AmxFixture>
{
    private const int Columns = TileBlock.Columns;

    [Fact]
    public void Matrix_products_agree_with_sums_in_double_precision()
    {
        foreach (AmxUnit unit in amx.Units)
        {
            foreach (int rows in new[] { 1, 15, 16, 17, 31, 32 })
            {
                foreach (int steps in new[] { 1, 2, 3, 16 })
                {
                    foreach (bool accumulate in new[] { false, true })
                    {
                        using Operands operands = new(rows, steps, seed: rows + steps);
                        using FloatBuffer sums = new(TestValues.Random(operands.StoredRows * Columns, 9));
                        float[] before = sums.Values.ToArray();
                        operands.Multiply(unit, sums, accumulate);
                        float[] after = sums.Checked();
                        for (int i = 0; i < rows * Columns; i++)
                        {
                            double exact = (accumulate ? before[i] : 0) + operands.Exact(i / Columns, i % Columns);
                            Assert.InRange(after[i] - exact, -1e-5 * steps, 1e-5 * steps);
                        }
                    }
                }
            }
        }
    }

    [Fact]
    public void The_processor_makes_the_model_s_bits()
    {
        foreach (AmxUnit unit in amx.Units)
        {
            using Operands operands = new(rows: 32, steps: 5, seed: 1, scale: 1e-18f);
            using FloatBuffer expected = new(TestValues.Random(32 * Columns, 2, 1e-36f)), actual = new(expected.Values);
            operands.Multiply(amx.Units[0], expected, accumulate: true);
            operands.Multiply(unit, actual, accumulate: true);
            Close.AssertSameBits(expected.Checked(), actual.Checked());
        }
    }

    [Fact]
    public void A_window_s_pixels_are_read_where_they_lie()
    {
        foreach (AmxUnit unit in amx.Units)
        {
            foreach ((int step, int blocks, bool both) in new[] { (1, 1, true), (1, 3, false), (2, 2, true), (3, 1, false) })
            {
                // 32 outputs, 16 in each of two rows of a picture that has nothing to spare; filters of one in one place each.
                int outputs = Tiles.Rows, width = (outputs - 1) * step + 3, pixel = (blocks * 32) + 32, lines = both ? 4 : 3;
                using GuardedFloats picture = new(new float[lines * width * pixel / 2], atEnd: true);
                using AlignedBuffer filters = new(9L * blocks * TileBlock.StepBytes);
                using FloatBuffer sums = FloatBuffer.ForResult((both ? 32 : 16) * Columns);
                Random random = new(step);
                ushort* pixels = (ushort*)picture.Data, f = (ushort*)filters.Data;
                for (int i = 0; i < lines * width * pixel; i++) pixels[i] = BFloat16Rounding.Round(random.Next(-20, 20));
                new Span<byte>(f, (int)filters.Bytes).Clear();
                (int Line, int Tap, int Channel)[] places = [.. Enumerable.Range(0, Columns).Select(_ => (random.Next(3), random.Next(3), random.Next(blocks * 32)))];
                for (int n = 0; n < Columns; n++)
                {
                    (int line, int tap, int channel) = places[n];
                    long pair = ((line * blocks + channel / 32L) * 3 + tap) * 16 + channel % 32 / 2;
                    f[(pair * Columns + n) * 2 + channel % 2] = BFloat16Rounding.Round(1);
                }

                ConvolveStrides strides = new(step, pixel * sizeof(ushort), (long)width * pixel * sizeof(ushort), blocks);
                unit.Configure();
                unit.Convolve(pixels, both ? pixels + (long)width * pixel : null, f, sums.Data, blocks, strides);
                unit.Release();
                float[] found = sums.Checked();
                for (int i = 0; i < found.Length; i++)
                {
                    (int line, int tap, int channel) = places[i % Columns];
                    int row = i / Columns, y = row / 16 + line, x = row % 16 * step + tap;
                    Assert.Equal(BitConverter.UInt32BitsToSingle((uint)pixels[((long)y * width + x) * pixel + channel] << 16), found[i]);
                }
            }
        }
    }

    [Fact]
    public void Tiles_cannot_be_used_before_they_are_configured_nor_after_they_are_released()
    {
        using Operands operands = new(rows: 1, steps: 1, seed: 1);
        using FloatBuffer sums = FloatBuffer.ForResult(16 * Columns);
        AmxUnit model = amx.Units[0];
        Assert.Throws<InvalidOperationException>(() => model.Multiply(1, operands.Left, operands.Right, sums.Data, 1, accumulate: false));
        model.Configure();
        model.Release();
        Assert.Throws<InvalidOperationException>(() => model.Multiply(1, operands.Left, operands.Right, sums.Data, 1, accumulate: false));
    }

    /// <summary>Random operands of a matrix product in the order in which the program reads them.</summary>
    private sealed class Operands : IDisposable
    {
        private readonly int _rows;
        private readonly int _steps;
        private readonly AlignedBuffer _left;
        private readonly AlignedBuffer _right;

        public Operands(int rows, int steps, int seed, float scale = 1)
        {
            (_rows, _steps) = (rows, steps);
            _left = new AlignedBuffer((long)StoredRows * MicroKernel.RowStride * sizeof(float));
            _right = new AlignedBuffer((long)steps * TileBlock.StepBytes);
            // Not a number wherever nothing belongs: in the rows below the last one, and between rows.
            new Span<byte>(_left.Data, (int)_left.Bytes).Fill(0xff);
            Random random = new(seed);
            for (int row = 0; row < rows; row++)
            {
                for (int k = 0; k < steps * 32; k++) Left[row * 2 * MicroKernel.RowStride + k] = BFloat16Rounding.Round(scale * (2 * random.NextSingle() - 1));
            }
            for (int i = 0; i < steps * 32 * Columns; i++) Right[i] = BFloat16Rounding.Round(scale * (2 * random.NextSingle() - 1));
        }

        public ushort* Left => (ushort*)_left.Data;

        public ushort* Right => (ushort*)_right.Data;

        /// <summary>Rows that the program reads and writes.</summary>
        public int StoredRows => (_rows + 15) / 16 * 16;

        public void Multiply(AmxUnit unit, FloatBuffer sums, bool accumulate)
        {
            unit.Configure();
            unit.Multiply(_rows, Left, Right, sums.Data, _steps, accumulate);
            unit.Release();
        }

        public double Exact(int row, int column) => Enumerable.Range(0, _steps * 32).Sum(k =>
            (double)Single(Left[row * 2 * MicroKernel.RowStride + k]) * Single(Right[(k / 2 * Columns + column) * 2 + k % 2]));

        public void Dispose()
        {
            _left.Dispose();
            _right.Dispose();
        }

        private static float Single(ushort value) => BitConverter.UInt32BitsToSingle((uint)value << 16);
    }
}
