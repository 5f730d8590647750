using Depth2Img.Compute.Cpu;
using Depth2Img.Compute.Cpu.Elementwise;
using Depth2Img.Compute.Tests.Support;

namespace Depth2Img.Compute.Tests.Elementwise;

public unsafe class AddAndCopyKernelTests
{
    [Theory]
    [ClassData(typeof(Tiers))]
    public void Sums_are_right_for_every_length_around_the_vector_width(CpuTier tier)
    {
        for (int length = 0; length <= 67; length++)
        {
            using FloatBuffer a = new(TestValues.Random(length, 1), 1), b = new(TestValues.Random(length, 2), 2);
            using FloatBuffer target = FloatBuffer.ForResult(length, 3);
            AddKernel.AddRow(tier, a.Data, b.Data, target.Data, length);
            float[] expected = [.. a.Checked().Zip(b.Checked(), (l, r) => l + r)];
            Close.AssertSameBits(expected, target.Checked());

            AddKernel.AddRow(tier, a.Data, b.Data, a.Data, length);
            Close.AssertSameBits(expected, a.Checked());
        }
    }

    [Theory]
    [ClassData(typeof(Tiers))]
    public void A_tensor_added_to_itself_is_doubled(CpuTier tier)
    {
        float[] values = TestValues.Random(2 * Chunks.Floats + 3, 4);
        using WorkerPool pool = new(2);
        using FloatBuffer x = new(values);
        AddKernel.Add(tier, pool, x.Data, x.Data, x.Data, x.Length);
        Close.AssertSameBits(values.Select(v => v + v).ToArray(), x.Checked());
    }

    [Theory]
    [ClassData(typeof(Tiers))]
    public void Every_picture_gets_its_own_vector(CpuTier tier)
    {
        using WorkerPool pool = new(2);
        foreach ((int pictures, int pixels, int channels) in new[] { (1, 1, 1), (2, 5, 3), (3, 7, 16), (2, 600, 33) })
        {
            float[] values = TestValues.Random(pictures * pixels * channels, 5);
            using FloatBuffer x = new(values), vector = new(TestValues.Random(pictures * channels, 6), 1);
            AddKernel.AddChannels(tier, pool, x.Data, vector.Data, pictures, pixels, channels);
            float[] added = vector.Checked();
            float[] expected = [.. values.Select((v, i) => v + added[i / (pixels * channels) * channels + i % channels])];
            Close.AssertSameBits(expected, x.Checked());
        }
    }

    [Theory]
    [ClassData(typeof(Tiers))]
    public void Every_picture_gets_the_same_table(CpuTier tier)
    {
        using WorkerPool pool = new(2);
        float[] values = TestValues.Random(3 * 77, 7);
        using FloatBuffer x = new(values), table = new(TestValues.Random(77, 8));
        AddKernel.AddTable(tier, pool, x.Data, table.Data, 3, 77);
        float[] added = table.Checked();
        Close.AssertSameBits(values.Select((v, i) => v + added[i % 77]).ToArray(), x.Checked());
    }

    [Theory]
    [InlineData(1, 1, 1)]
    [InlineData(5, 3, 4)]
    [InlineData(9000, 2, 5)]
    [InlineData(2, 0, 7)]
    public void Joined_rows_are_the_left_one_and_then_the_right_one(int rows, int left, int right)
    {
        using WorkerPool pool = new(2);
        using FloatBuffer a = new(TestValues.Random(rows * left, 1)), b = new(TestValues.Random(rows * right, 2));
        using FloatBuffer target = FloatBuffer.ForResult(rows * (left + right));
        CopyKernel.Concat(pool, a.Data, left, b.Data, right, target.Data, rows);
        float[] expected = [.. Enumerable.Range(0, rows).SelectMany(r => a.Values.Slice(r * left, left).ToArray().Concat(b.Values.Slice(r * right, right).ToArray()))];
        Close.AssertSameBits(expected, target.Checked());
    }

    [Fact]
    public void Cut_and_repeated_rows_are_copies()
    {
        using WorkerPool pool = new(2);
        float[] values = TestValues.Random(6 * 10, 3);
        using FloatBuffer source = new(values);
        using FloatBuffer cut = FloatBuffer.ForResult(6 * 4), repeated = FloatBuffer.ForResult(6 * 3 * 10);
        CopyKernel.Gather(pool, source.Data + 5, 10, cut.Data, 4, 6);
        CopyKernel.Repeat(pool, source.Data, repeated.Data, 10, 6, 3);
        Close.AssertSameBits(values.Where((_, i) => i % 10 is >= 5 and < 9).ToArray(), cut.Checked());
        Close.AssertSameBits(values.Chunk(10).SelectMany(row => row.Concat(row).Concat(row)).ToArray(), repeated.Checked());
    }
}
