using Depth2Img.Compute;
using Depth2Img.Models.Layers;

namespace Depth2Img.Models.Dpt;

/// <summary>
/// The class token and the positions of a vision transformer (Dosovitskiy et al., "An Image is Worth 16x16 Words",
/// 2021). The position table is for one grid of patches; for others it is resized bilinearly, class token apart.
/// </summary>
internal sealed class ViTTokens
{
    private readonly int _grid;

    /// <summary>Reads `cls_token` [1,1,C] and `position_embeddings` [1,1+grid²,C].</summary>
    public ViTTokens(CheckpointScope scope, int channels, int grid)
    {
        _grid = grid;
        int positions = 1 + grid * grid;
        ClsToken = scope.Embedding(scope.Tensor("cls_token", 1, 1, channels).Reshape(1, channels));
        PositionEmbeddings = scope.Embedding(scope.Tensor("position_embeddings", 1, positions, channels).Reshape(positions, channels));
    }

    public EmbeddingWeight ClsToken { get; }
    public EmbeddingWeight PositionEmbeddings { get; }

    /// <summary>Puts the class token before the patches, and adds the positions.</summary>
    /// <param name="ops">The session.</param>
    /// <param name="patches">[N,h,w,C].</param>
    /// <returns>[N,1+h w,C].</returns>
    public Tensor Forward(IOps ops, Tensor patches)
    {
        int batch = patches.Shape[0];
        using Tensor cls = ops.Embedding(ClsToken, new int[batch], batch);                           // [N,1,C]
        using Tensor tokens = ops.AsTokens(patches);                                                 // [N,h w,C]
        using Tensor positions = Positions(ops, batch, patches.Shape[1], patches.Shape[2]);          // [N,1+h w,C]
        return ops.ConcatTokens(cls, tokens).Then(x => ops.Add(x, positions));                       // [N,1+h w,C]
    }

    private Tensor Positions(IOps ops, int batch, int height, int width)
    {
        int patches = _grid * _grid;
        if (height == _grid && width == _grid) return ops.Embedding(PositionEmbeddings, Rows(batch, 0, 1 + patches), batch);
        using Tensor cls = ops.Embedding(PositionEmbeddings, Rows(batch, 0, 1), batch);              // [N,1,C]
        using Tensor grid = ops.Embedding(PositionEmbeddings, Rows(batch, 1, patches), batch)        // [N,grid²,C]
            .Then(t => ops.Reshape(t, new Shape(batch, _grid, _grid, t.Shape.Channels)))
            .Then(t => ops.ResizeBilinear(t, height, width, alignCorners: false))                    // [N,h,w,C]
            .Then(t => ops.AsTokens(t));                                                             // [N,h w,C]
        return ops.ConcatTokens(cls, grid);                                                          // [N,1+h w,C]
    }

    /// <summary>The same run of row numbers for every picture.</summary>
    private static int[] Rows(int batch, int first, int count) =>
        [.. Enumerable.Repeat(Enumerable.Range(first, count), batch).SelectMany(rows => rows)];
}
