using Depth2Img.Compute.Checkpoints;
using Depth2Img.Compute.Reference;

namespace Depth2Img.Compute.Tests.Reference;

/// <summary>What does not fit is refused with the op's name and the shapes, by the rules that all back ends share.</summary>
public sealed class OpShapesTests : IDisposable
{
    private readonly ReferenceBackend _backend = new();
    private readonly IOps _ops;

    public OpShapesTests() => _ops = _backend.OpenSession();

    public void Dispose()
    {
        _ops.Dispose();
        _backend.Dispose();
    }

    [Fact]
    public void Operands_of_the_wrong_shape_are_refused_with_the_op_and_the_shapes()
    {
        Tensor picture = New(1, 4, 4, 6), tokens = New(2, 3, 6), row = New(1, 6);
        LinearWeight linear = _backend.CreateLinear(Weight(5, 4), null), odd = _backend.CreateLinear(Weight(5, 6), null);
        ConvWeight conv = _backend.CreateConv2d(Weight(2, 5, 3, 3), null), fits = _backend.CreateConv2d(Weight(2, 6, 3, 3), null);
        ConvWeight transposed = _backend.CreateConvTranspose2d(Weight(5, 2, 2, 2), null);
        VectorWeight four = _backend.CreateVector(Weight(4)), six = _backend.CreateVector(Weight(6));
        EmbeddingWeight table = _backend.CreateEmbedding(Weight(3, 2));

        Refused("Upload", "[2,2]", () => _ops.Upload([1, 2, 3], new Shape(2, 2)));
        Refused("Download", "[1,6]", () => _ops.Download(row, new float[5]));
        Refused("Reshape", "[1,6]", () => _ops.Reshape(row, new Shape(7)));
        Refused("Linear", "[5,4]", () => _ops.Linear(row, linear));
        Refused("Linear", "[1,6]", () => _ops.Linear(row, odd, default, row));
        Refused("LinearGeglu", "[5,4]", () => _ops.LinearGeglu(row, linear));
        Refused("LinearGeglu", "even", () => _ops.LinearGeglu(row, odd));
        Refused("Conv2d", "[2,5,3,3]", () => _ops.Conv2d(picture, conv, Window.Of(1, 1)));
        Refused("Conv2d", "[2,3,6]", () => _ops.Conv2d(tokens, fits, Window.Of(1, 1)));
        Refused("Conv2d", "does not fit", () => _ops.Conv2d(New(1, 2, 2, 6), fits, Window.Of(1, 0)));
        Refused("Conv2d", "stride", () => _ops.Conv2d(picture, fits, Window.Of(0, 1)));
        Refused("Conv2d", "border", () => _ops.Conv2d(picture, fits, new Window(1, -1, 1, 1, 1)));
        Refused("Conv2d", "residual", () => _ops.Conv2d(picture, fits, Window.Of(1, 1), default, picture));
        Refused("Conv2d", "ConvTranspose2d", () => _ops.Conv2d(picture, transposed, Window.Of(1, 0)));
        Refused("ConvTranspose2d", "[5,2,2,2]", () => _ops.ConvTranspose2d(picture, transposed));
        Refused("ConvTranspose2d", "Conv2d", () => _ops.ConvTranspose2d(picture, fits));
        Refused("GroupNorm", "[1,6]", () => _ops.GroupNorm(row, six, six, 2, 0));
        Refused("GroupNorm", "4 groups", () => _ops.GroupNorm(picture, six, six, 4, 0));
        Refused("GroupNorm", "0 groups", () => _ops.GroupNorm(picture, six, six, 0, 0));
        Refused("GroupNorm", "[4]", () => _ops.GroupNorm(picture, six, four, 2, 0));
        Refused("GroupStatistics", "[2,3,6]", () => _ops.GroupStatistics(tokens, 2));
        Refused("GroupStatistics", "4 groups", () => _ops.GroupStatistics(picture, 4));
        Refused("GroupStatistics", "Height = 0", () => _ops.GroupStatistics(picture, 2, new PixelRegion(0, 0, 0, 4)));
        Refused("GroupStatistics", "Left = -1", () => _ops.GroupStatistics(picture, 2, new PixelRegion(0, -1, 4, 4)));
        Refused("GroupStatistics", "Top = 2", () => _ops.GroupStatistics(picture, 2, new PixelRegion(2, 0, 3, 4)));
        Refused("GroupStatistics", "Width = 4", () => _ops.GroupStatistics(picture, 2, new PixelRegion(0, 1, 4, 4)));
        Refused("GroupStatistics", "[1,4,6]", () => _ops.GroupStatistics(New(1, 4, 6), 2, new PixelRegion(0, 0, 1, 1)));
        Refused("LayerNorm", "[4]", () => _ops.LayerNorm(row, four, six, 0));
        Refused("Attention", "[2,3,6]", () => _ops.Attention(tokens, New(1, 3, 6), New(1, 3, 6), 2, 1));
        Refused("Attention", "[2,0,6]", () => _ops.Attention(tokens, New(2, 0, 6), New(2, 0, 6), 2, 1));
        Refused("Attention", "4 heads", () => _ops.Attention(tokens, tokens, tokens, 4, 1));
        Refused("Attention", "causal", () => _ops.Attention(tokens, New(2, 5, 6), New(2, 5, 6), 2, 1, causal: true));
        Refused("Add", "[2,3,6]", () => _ops.Add(picture, tokens));
        Refused("AddInPlace", "[1,6]", () => _ops.AddInPlace(row, tokens));
        Refused("AddChannelsInPlace", "[1,6]", () => _ops.AddChannelsInPlace(tokens, row));
        Refused("AddTableInPlace", "6 values", () => _ops.AddTableInPlace(tokens, six));
        Refused("ConcatChannels", "[2,3,6]", () => _ops.ConcatChannels(tokens, New(2, 4, 6)));
        Refused("ConcatTokens", "[2,3,5]", () => _ops.ConcatTokens(tokens, New(2, 3, 5)));
        Refused("SliceTokens", "[2,3,6]", () => _ops.SliceTokens(tokens, 2, 2));
        Refused("SliceTokens", "-1", () => _ops.SliceTokens(tokens, -1, 2));
        Refused("SliceTokens", "2147483647", () => _ops.SliceTokens(tokens, 1, int.MaxValue));
        Refused("RepeatToken", "[2,3,6]", () => _ops.RepeatToken(tokens, 2));
        Refused("Embedding", "id 3", () => _ops.Embedding(table, [0, 3], 1));
        Refused("Embedding", "id -1", () => _ops.Embedding(table, [-1], 1));
        Refused("Embedding", "3 ids", () => _ops.Embedding(table, [0, 1, 2], 2));
        Refused("ResizeNearest", "0 x 4", () => _ops.ResizeNearest(picture, 0, 4));
        Refused("ResizeBilinear", "[2,3,6]", () => _ops.ResizeBilinear(tokens, 4, 4, false));
        Refused("MaxPool2d", "5 x 5", () => _ops.MaxPool2d(picture, 5, Window.Of(1, 0)));
        Refused("MaxPool2d", "0 x 0", () => _ops.MaxPool2d(picture, 0, Window.Of(1, 0)));
    }

    [Fact]
    public void Weights_of_the_wrong_shape_are_refused_by_name()
    {
        Refused("weight", "[out,in]", () => _backend.CreateLinear(Weight(2, 3, 4), null));
        Refused("weight", "[2,3,2,2]", () => _backend.CreateLinear(Weight(2, 3, 2, 2), null));
        Refused("weight", "[2]", () => _backend.CreateLinear(Weight(2, 3), Weight(3)));
        Refused("weight", "[out,in,kh,kw]", () => _backend.CreateConv2d(Weight(2, 3), null));
        Refused("weight", "[channels,1,kh,kw]", () => _backend.CreateDepthwiseConv2d(Weight(2, 2, 3, 3), null));
        Refused("weight", "[in,out,k,k]", () => _backend.CreateConvTranspose2d(Weight(2, 3, 2, 4), null));
        Refused("weight", "[3]", () => _backend.CreateConvTranspose2d(Weight(2, 3, 2, 2), Weight(2)));
        Refused("weight", "[rows,width]", () => _backend.CreateEmbedding(Weight(6)));
    }

    [Fact]
    public void Filters_of_one_pixel_are_a_matrix()
    {
        LinearWeight weight = _backend.CreateLinear(Weight(2, 3, 1, 1), Weight(2));
        Assert.Equal((3, 2), (weight.InFeatures, weight.OutFeatures));
    }

    private static void Refused(string op, string detail, Action action)
    {
        ArgumentException error = Assert.ThrowsAny<ArgumentException>(action);
        Assert.Contains(op, error.Message, StringComparison.Ordinal);
        Assert.Contains(detail, error.Message, StringComparison.Ordinal);
    }

    private Tensor New(params int[] dimensions)
    {
        Shape shape = new(dimensions);
        return _ops.Upload(new float[shape.Count], shape);
    }

    private static WeightTensor Weight(params int[] dimensions) =>
        WeightTensor.FromFloats("weight", dimensions, new float[dimensions.Aggregate(1, (product, d) => product * d)]);
}
