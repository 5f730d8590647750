using Depth2Img.Compute.Checkpoints;
using Depth2Img.Compute.Cpu;
using Depth2Img.Compute.Measurement;

namespace Depth2Img.Compute.Tests.Measurement;

/// <summary>Counts against sums worked out by hand.</summary>
public sealed class CountingOpsTests : IDisposable
{
    private readonly CpuBackend _backend = new();
    private readonly CountingOps _ops;

    public CountingOpsTests() => _ops = new CountingOps(_backend.OpenSession());

    public void Dispose()
    {
        _ops.Dispose();
        _backend.Dispose();
    }

    [Fact]
    public void A_linear_of_rows_by_in_by_out()
    {
        using LinearWeight weight = _backend.CreateLinear(Weight(7, 5), null);
        using Tensor x = Input(2, 3, 5);
        _ops.Linear(x, weight).Dispose();
        AssertOnly(OpKind.Linear, 2 * 3 * 5 * 7, 2 * 3 * 5 * 7, 4 * (2 * 3 * 5 + 5 * 7 + 2 * 3 * 7));
    }

    [Fact]
    public void A_GEGLU_counts_both_halves()
    {
        using LinearWeight weight = _backend.CreateLinear(Weight(8, 5), null);
        using Tensor x = Input(3, 5);
        _ops.LinearGeglu(x, weight).Dispose();
        AssertOnly(OpKind.Linear, 3 * 5 * 8, 3 * 5 * 8, 4 * (3 * 5 + 5 * 8 + 3 * 4));
    }

    [Fact]
    public void A_convolution_counts_every_tap_of_every_output()
    {
        using ConvWeight weight = _backend.CreateConv2d(Weight(6, 4, 5, 3), null);
        using Tensor x = Input(1, 9, 7, 4);
        _ops.Conv2d(x, weight, new Window(2, 0, 0, 0, 0)).Dispose();
        // 3 x 3 outputs.
        AssertOnly(OpKind.ConvOther, 3 * 3 * 6 * 4 * 15, 3 * 3 * 6 * 4 * 15, 4 * (9 * 7 * 4 + 6 * 4 * 15 + 3 * 3 * 6));
    }

    [Fact]
    public void A_3x3_convolution_by_tiles_has_36_real_products_a_tile_and_pair_of_channels()
    {
        using ConvWeight weight = _backend.CreateConv2d(Weight(64, 64, 3, 3), null);
        using Tensor x = Input(2, 30, 32, 64);
        _ops.Conv2d(x, weight, Window.Of(1, 1)).Dispose();
        // 8 x 8 tiles of 4 x 4 cover 30 x 32.
        AssertOnly(OpKind.Conv3x3, 2.0 * 30 * 32 * 9 * 64 * 64, 2.0 * 8 * 8 * 36 * 64 * 64, 4.0 * (2 * 2 * 30 * 32 * 64 + 9 * 64 * 64));
    }

    [Fact]
    public void A_depthwise_convolution_sees_one_channel()
    {
        using ConvWeight weight = _backend.CreateDepthwiseConv2d(Weight(6, 1, 3, 3), null);
        using Tensor x = Input(1, 4, 4, 6);
        _ops.Conv2d(x, weight, Window.Of(1, 1)).Dispose();
        Assert.Equal(4 * 4 * 6 * 9, _ops.Total.MultiplyAdds);
    }

    [Fact]
    public void A_transposed_convolution_has_one_tap_an_output()
    {
        using ConvWeight weight = _backend.CreateConvTranspose2d(Weight(5, 3, 2, 2), null);
        using Tensor x = Input(1, 3, 4, 5);
        _ops.ConvTranspose2d(x, weight).Dispose();
        Assert.Equal(6 * 8 * 3 * 5, _ops.Total.MultiplyAdds);
    }

    [Fact]
    public void Attention_counts_scores_and_sums()
    {
        using Tensor q = Input(2, 5, 8), k = Input(2, 3, 8), v = Input(2, 3, 8);
        _ops.Attention(q, k, v, 2, 1).Dispose();
        AssertOnly(OpKind.Attention, 2 * (2 * 5 * 3 * 8), 2 * (2 * 5 * 3 * 8), 4 * (2 * 2 * 5 * 8 + 2 * 2 * 3 * 8));
    }

    [Fact]
    public void Ops_without_products_are_counted_by_kind()
    {
        using Tensor a = Input(1, 2, 3, 4), b = Input(1, 2, 3, 4);
        _ops.Add(a, b).Dispose();
        _ops.AddInPlace(a, b);
        _ops.ConcatChannels(a, b).Dispose();
        Assert.Equal([(OpKind.Elementwise, 2L), (OpKind.Movement, 1L)], _ops.Tallies.Select(t => (t.Kind, t.Calls)));
        Assert.Equal(0, _ops.Total.MultiplyAdds);
        // Two read and one written, three times; concatenation writes both.
        Assert.Equal(4 * 24 * (3 + 3 + 4), _ops.Total.Bytes);
    }

    [Fact]
    public void Statistics_read_their_pixels_once_and_write_nothing()
    {
        using Tensor x = Input(1, 5, 6, 4);
        _ops.GroupStatistics(x, 2);
        _ops.GroupStatistics(x, 2, new PixelRegion(1, 2, 3, 2));
        OpTally tally = Assert.Single(_ops.Tallies);
        Assert.Equal((OpKind.Norm, 2L, 4.0 * (5 * 6 * 4 + 3 * 2 * 4)), (tally.Kind, tally.Calls, tally.Bytes));
    }

    private void AssertOnly(OpKind kind, double products, double real, double bytes)
    {
        OpTally tally = Assert.Single(_ops.Tallies);
        Assert.Equal((kind, 1L, products, real, bytes), (tally.Kind, tally.Calls, tally.MultiplyAdds, tally.RealMultiplyAdds, tally.Bytes));
        Assert.True(tally.Seconds > 0);
    }

    private Tensor Input(params int[] dimensions)
    {
        Shape shape = new(dimensions);
        return _ops.Upload(FormulaWeights.Uniform("input", (int)shape.Count, 1), shape);
    }

    private static WeightTensor Weight(params int[] dimensions) =>
        WeightTensor.FromFloats("weight", dimensions, FormulaWeights.Uniform("weight", dimensions.Aggregate(1, (a, b) => a * b), 1));
}
