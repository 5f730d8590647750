using Depth2Img.Compute.Checkpoints;
using Depth2Img.Compute.Reference;
using Depth2Img.Compute.Tests.Support;

namespace Depth2Img.Compute.Tests.Reference;

/// <summary>The reference itself, against values worked out by hand.</summary>
public sealed class ReferenceOpsTests : IDisposable
{
    private readonly ReferenceBackend _backend = new();
    private readonly IOps _ops;

    public ReferenceOpsTests() => _ops = _backend.OpenSession();

    public void Dispose()
    {
        _ops.Dispose();
        _backend.Dispose();
    }

    [Fact]
    public void Linear_multiplies_by_rows_adds_bias_activates_and_adds_the_residual()
    {
        LinearWeight weight = _backend.CreateLinear(Weight([3, 2], 1, 2, 3, 4, -5, -6), Weight([3], 10, 20, 30));
        using Tensor x = _ops.Upload([1, 2, 3, 5], new Shape(2, 2));
        AssertValues(_ops.Linear(x, weight), [2, 3], 15, 31, 13, 23, 49, -15);
        using Tensor residual = _ops.Upload([1, 1, 1, 2, 2, 2], new Shape(2, 3));
        AssertValues(_ops.Linear(x, weight, Activation.Relu, residual), [2, 3], 16, 32, 14, 25, 51, 2);
    }

    [Fact]
    public void Geglu_takes_the_second_half_for_the_gate()
    {
        LinearWeight weight = _backend.CreateLinear(Weight([4, 1], 1, 2, 3, 4), null);
        using Tensor x = _ops.Upload([1], new Shape(1, 1, 1));
        AssertValues(_ops.LinearGeglu(x, weight), [1, 1, 2], 1 * 2.9959502f, 2 * 3.9998734f);
    }

    [Fact]
    public void Convolution_does_not_flip_its_filters_and_has_zeros_around()
    {
        ConvWeight weight = _backend.CreateConv2d(Weight([1, 1, 2, 3], 1, 2, 3, 4, 5, 6), Weight([1], 100));
        using Tensor x = _ops.Upload([1, 2, 3, 4], new Shape(1, 2, 2, 1));
        // A row added above and one column on the left and right.
        AssertValues(_ops.Conv2d(x, weight, new Window(1, 1, 1, 0, 1)), [1, 2, 2, 1],
            100 + 5 * 1 + 6 * 2, 100 + 4 * 1 + 5 * 2,
            100 + 2 * 1 + 3 * 2 + 5 * 3 + 6 * 4, 100 + 1 * 1 + 2 * 2 + 4 * 3 + 5 * 4);
        AssertValues(_ops.Conv2d(x, weight, new Window(2, 1, 1, 0, 1)), [1, 1, 1, 1], 100 + 5 * 1 + 6 * 2);
    }

    [Fact]
    public void Convolution_sums_over_input_channels_for_every_output_channel()
    {
        ConvWeight weight = _backend.CreateConv2d(Weight([2, 3, 1, 1], 1, 10, 100, 2, 20, 200), null);
        using Tensor x = _ops.Upload([1, 2, 3, 4, 5, 6], new Shape(1, 1, 2, 3));
        using Tensor residual = _ops.Upload([1, 2, 3, 4], new Shape(1, 1, 2, 2));
        AssertValues(_ops.Conv2d(x, weight, Window.Of(1, 0), Activation.Clamp(0, 700), residual), [1, 1, 2, 2], 322, 644, 657, 704);
    }

    [Fact]
    public void Depthwise_convolution_keeps_channels_apart()
    {
        ConvWeight weight = _backend.CreateDepthwiseConv2d(Weight([2, 1, 1, 2], 1, 10, 2, 20), Weight([2], 0, 1000));
        using Tensor x = _ops.Upload([1, 2, 3, 4, 5, 6], new Shape(1, 1, 3, 2));
        AssertValues(_ops.Conv2d(x, weight, Window.Of(1, 0)), [1, 1, 2, 2], 31, 1084, 53, 1128);
    }

    [Fact]
    public void Transposed_convolution_makes_a_block_of_every_pixel()
    {
        ConvWeight weight = _backend.CreateConvTranspose2d(Weight([2, 1, 2, 2], 1, 2, 3, 4, 10, 20, 30, 40), Weight([1], 1000));
        using Tensor x = _ops.Upload([1, 1, 2, 0], new Shape(1, 1, 2, 2));
        AssertValues(_ops.ConvTranspose2d(x, weight), [1, 2, 4, 1], 1011, 1022, 1002, 1004, 1033, 1044, 1006, 1008);
    }

    [Fact]
    public void Group_norm_uses_the_variance_over_n_of_each_group()
    {
        // Two groups of two channels, two pixels: {1,3,5,7} and {0,0,4,4}.
        using Tensor x = _ops.Upload([1, 3, 0, 0, 5, 7, 4, 4], new Shape(1, 2, 4));
        float s = (float)(1 / Math.Sqrt(5 + 1e-5)), t = (float)(1 / Math.Sqrt(4 + 1e-5));
        AssertValues(_ops.GroupNorm(x, Vector(1, 2, 3, 1), Vector(0, 0, 0, 10), 2, 1e-5f), [1, 2, 4],
            -3 * s, 2 * -1 * s, 3 * -2 * t, 10 - 2 * t, s, 2 * 3 * s, 3 * 2 * t, 10 + 2 * t);
        AssertValues(_ops.GroupNorm(x, Vector(1, 2, 3, 1), Vector(0, 0, 0, 10), 2, 1e-5f, Activation.Relu), [1, 2, 4],
            0, 0, 0, 10 - 2 * t, s, 2 * 3 * s, 3 * 2 * t, 10 + 2 * t);
    }

    [Fact]
    public void Layer_norm_uses_the_variance_over_n_of_each_row()
    {
        using Tensor x = _ops.Upload([1, 3, 5, 7, 2, 2, 2, 2], new Shape(2, 4));
        float s = (float)(1 / Math.Sqrt(5.5));
        AssertValues(_ops.LayerNorm(x, Vector(1, 1, 1, 2), Vector(0, 0, 0, 1), 0.5f), [2, 4], -3 * s, -s, s, 6 * s + 1, 0, 0, 0, 1);
    }

    [Fact]
    public void Attention_weighs_values_by_the_softmax_of_the_scores_head_by_head()
    {
        // Head 0 sees scores ln 3 and 0, so weights 3/4 and 1/4; head 1 sees equal ones.
        float ln3 = MathF.Log(3);
        using Tensor q = _ops.Upload([2, 0], new Shape(1, 1, 2));
        using Tensor k = _ops.Upload([ln3, 5, 0, 5], new Shape(1, 2, 2));
        using Tensor v = _ops.Upload([4, 10, 8, 20], new Shape(1, 2, 2));
        AssertValues(_ops.Attention(q, k, v, heads: 2, scale: 0.5f), [1, 1, 2], 5, 15);
    }

    [Fact]
    public void A_causal_mask_hides_later_tokens()
    {
        using Tensor x = _ops.Upload([0, 0, 0], new Shape(1, 3, 1));
        using Tensor v = _ops.Upload([3, 6, 12], new Shape(1, 3, 1));
        AssertValues(_ops.Attention(x, x, v, 1, 1, causal: true), [1, 3, 1], 3, 4.5f, 7);
    }

    [Fact]
    public void In_place_ops_change_the_tensor_and_what_shares_its_memory()
    {
        using Tensor x = _ops.Upload([1, -2, 3, -4], new Shape(1, 2, 2));
        using Tensor flat = _ops.Reshape(x, new Shape(4));
        _ops.Scale(x, 2);
        _ops.Activate(x, Activation.Clamp(-5, 5));
        AssertValues(flat, [4], 2, -4, 5, -5);
        _ops.AddInPlace(x, x);
        AssertValues(flat, [4], 4, -8, 10, -10);
        using Tensor vector = _ops.Upload([100, 200], new Shape(1, 2));
        _ops.AddChannelsInPlace(x, vector);
        AssertValues(flat, [4], 104, 192, 110, 190);
        _ops.AddTableInPlace(x, Vector(1, 2, 3, 4));
        x.Dispose();
        AssertValues(flat, [4], 105, 194, 113, 194);
    }

    [Fact]
    public void Channel_vectors_and_tables_go_to_every_picture()
    {
        using Tensor x = _ops.Upload([0, 0, 0, 0, 0, 0, 0, 0], new Shape(2, 2, 2));
        using Tensor vector = _ops.Upload([1, 2, 3, 4], new Shape(2, 2));
        _ops.AddChannelsInPlace(x, vector);
        AssertValues(x, [2, 2, 2], 1, 2, 1, 2, 3, 4, 3, 4);
        _ops.AddTableInPlace(x, Vector(10, 20, 30, 40));
        AssertValues(x, [2, 2, 2], 11, 22, 31, 42, 13, 24, 33, 44);
    }

    [Fact]
    public void Tokens_and_channels_are_joined_cut_and_repeated()
    {
        using Tensor a = _ops.Upload([1, 2, 3, 4], new Shape(2, 1, 2)), b = _ops.Upload([5, 6, 7, 8], new Shape(2, 1, 2));
        AssertValues(_ops.Add(a, b), [2, 1, 2], 6, 8, 10, 12);
        AssertValues(_ops.ConcatChannels(a, b), [2, 1, 4], 1, 2, 5, 6, 3, 4, 7, 8);
        using Tensor joined = _ops.ConcatTokens(a, b);
        AssertValues(joined, [2, 2, 2], 1, 2, 5, 6, 3, 4, 7, 8);
        AssertValues(_ops.SliceTokens(joined, 1, 1), [2, 1, 2], 5, 6, 7, 8);
        AssertValues(_ops.RepeatToken(a, 2), [2, 2, 2], 1, 2, 1, 2, 3, 4, 3, 4);
        EmbeddingWeight table = _backend.CreateEmbedding(Weight([3, 2], 1, 2, 3, 4, 5, 6));
        AssertValues(_ops.Embedding(table, [2, 0, 0, 1], 2), [2, 2, 2], 5, 6, 1, 2, 1, 2, 3, 4);
    }

    [Fact]
    public void Nearest_takes_the_pixel_at_the_floor()
    {
        using Tensor x = _ops.Upload([1, 2, 3], new Shape(1, 1, 3, 1));
        AssertValues(_ops.ResizeNearest(x, 2, 5), [1, 2, 5, 1], 1, 1, 2, 2, 3, 1, 1, 2, 2, 3);
        AssertValues(_ops.ResizeNearest(x, 1, 2), [1, 1, 2, 1], 1, 2);
    }

    [Fact]
    public void Bilinear_places_edges_or_corners_as_torch_does()
    {
        using Tensor x = _ops.Upload([0, 4], new Shape(1, 1, 2, 1));
        AssertValues(_ops.ResizeBilinear(x, 1, 4, alignCorners: false), [1, 1, 4, 1], 0, 1, 3, 4);
        AssertValues(_ops.ResizeBilinear(x, 1, 5, alignCorners: true), [1, 1, 5, 1], 0, 1, 2, 3, 4);
        AssertValues(_ops.ResizeBilinear(x, 2, 1, alignCorners: false), [1, 2, 1, 1], 2, 2);
        AssertValues(_ops.ResizeBilinear(x, 1, 1, alignCorners: true), [1, 1, 1, 1], 0);
        using Tensor square = _ops.Upload([0, 4, 8, 12], new Shape(1, 2, 2, 1));
        AssertValues(_ops.ResizeBilinear(square, 3, 3, alignCorners: true), [1, 3, 3, 1], 0, 2, 4, 4, 6, 8, 8, 10, 12);
    }

    [Fact]
    public void Pools_take_the_largest_and_the_border_counts_only_as_zeros()
    {
        using Tensor x = _ops.Upload([-1, -2, -3, -4], new Shape(1, 2, 2, 1));
        AssertValues(_ops.MaxPool2d(x, 2, Window.Of(1, 0)), [1, 1, 1, 1], -1);
        AssertValues(_ops.MaxPool2d(x, 2, new Window(2, 1, 1, 1, 1)), [1, 2, 2, 1], -1, -2, -3, -4);
        AssertValues(_ops.MaxPool2d(x, 2, new Window(2, 1, 1, 1, 1), zeroBorder: true), [1, 2, 2, 1], 0, 0, 0, 0);
    }

    [Fact]
    public void Weights_of_sixteen_bits_are_widened()
    {
        byte[] halves = [0, 0x3C, 0, 0xC0];
        LinearWeight weight = _backend.CreateLinear(new WeightTensor("w", ElementType.Float16, [1, 2], halves), null);
        using Tensor x = _ops.Upload([10, 1], new Shape(1, 2));
        AssertValues(_ops.Linear(x, weight), [1, 1], 8);
    }

    [Fact]
    public void A_cancelled_session_does_nothing_more()
    {
        using CancellationTokenSource source = new();
        using IOps ops = _backend.OpenSession(source.Token);
        using Tensor x = ops.Upload([1], new Shape(1));
        source.Cancel();
        Assert.Throws<OperationCanceledException>(() => ops.Add(x, x));
    }

    [Fact]
    public void A_disposed_tensor_cannot_be_used()
    {
        Tensor x = _ops.Upload([1], new Shape(1));
        x.Dispose();
        x.Dispose();
        Assert.Throws<ObjectDisposedException>(() => _ops.Scale(x, 2));
    }

    private void AssertValues(Tensor tensor, int[] shape, params float[] expected)
    {
        Assert.Equal(new Shape(shape), tensor.Shape);
        Close.AssertAll(expected, _ops.DownloadAll(tensor), 1e-6, 1e-6);
    }

    private static WeightTensor Weight(int[] dimensions, params float[] values) => WeightTensor.FromFloats("weight", dimensions, values);

    private VectorWeight Vector(params float[] values) => _backend.CreateVector(Weight([values.Length], values));
}
