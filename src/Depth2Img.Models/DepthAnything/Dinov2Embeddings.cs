using Depth2Img.Compute;
using Depth2Img.Models.Layers;

namespace Depth2Img.Models.DepthAnything;

/// <summary>One token a square of pixels, after a class token, with their positions (transformers' Dinov2Embeddings). For other grids than its own the position table is resized bicubically, class token apart.</summary>
internal sealed class Dinov2Embeddings
{
    private readonly Dinov2Config _config;
    private readonly float[] _positions;

    public Dinov2Embeddings(CheckpointScope scope, Dinov2Config config)
    {
        _config = config;
        int channels = config.HiddenSize;
        // Stands for patches that were hidden in training.
        scope.Ignore("mask_token");
        ClsToken = scope.Embedding(scope.Tensor("cls_token", 1, 1, channels).Reshape(1, channels));
        PatchEmbeddingsProjection = scope.Child("patch_embeddings.projection").Conv2d(config.NumChannels, channels, config.PatchSize);
        _positions = scope.Tensor("position_embeddings", 1, 1 + config.Grid * config.Grid, channels).ToFloats();
    }

    public EmbeddingWeight ClsToken { get; }
    public ConvWeight PatchEmbeddingsProjection { get; }

    /// <summary>[N,H,W,in] to [N,1+h w,C], the class token first.</summary>
    public Tensor Forward(IOps ops, Tensor pixels)
    {
        int batch = pixels.Shape[0];
        using Tensor cls = ops.Embedding(ClsToken, new int[batch], batch);                                       // [N,1,C]
        using Tensor patches = ops.Conv2d(pixels, PatchEmbeddingsProjection, Window.Of(_config.PatchSize, 0));   // [N,h,w,C]
        using Tensor tokens = ops.AsTokens(patches);                                                             // [N,h w,C]
        using Tensor positions = Positions(ops, batch, patches.Shape[1], patches.Shape[2]);                      // [N,1+h w,C]
        return ops.ConcatTokens(cls, tokens).ThenInPlace(x => ops.AddInPlace(x, positions));                     // [N,1+h w,C]
    }

    private Tensor Positions(IOps ops, int batch, int height, int width)
    {
        int channels = _config.HiddenSize, grid = _config.Grid;
        float[] one = height == grid && width == grid
            ? _positions
            : [.. _positions.AsSpan(0, channels), .. PositionGrid.Resize(_positions.AsSpan(channels), grid, channels, height, width)];
        float[] all = new float[batch * one.Length];
        for (int n = 0; n < batch; n++) one.CopyTo(all, n * one.Length);
        return ops.Upload(all, new Shape(batch, 1 + height * width, channels));
    }
}
