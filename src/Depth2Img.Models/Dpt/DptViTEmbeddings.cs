using Depth2Img.Compute;
using Depth2Img.Models.Layers;

namespace Depth2Img.Models.Dpt;

/// <summary>One token a square of pixels (transformers' DPTViTEmbeddings).</summary>
internal sealed class DptViTEmbeddings(CheckpointScope scope, DptConfig config) : IDptEmbeddings
{
    public ConvWeight PatchEmbeddingsProjection { get; } =
        scope.Child("patch_embeddings.projection").Conv2d(config.NumChannels, config.HiddenSize, config.PatchSize);

    public ViTTokens Tokens { get; } = new(scope, config.HiddenSize, config.ImageSize / config.PatchSize);

    public Tensor Forward(IOps ops, Tensor pixels, TensorList features) =>
        ops.Conv2d(pixels, PatchEmbeddingsProjection, Window.Of(config.PatchSize, 0)) // [N,h,w,C]
            .Then(x => Tokens.Forward(ops, x));                                       // [N,1+h w,C]
}
