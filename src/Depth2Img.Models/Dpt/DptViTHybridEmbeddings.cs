using Depth2Img.Compute;
using Depth2Img.Models.Layers;

namespace Depth2Img.Models.Dpt;

/// <summary>One token a pixel of a backbone's last stage (transformers' DPTViTHybridEmbeddings); the first stages go to the neck.</summary>
internal sealed class DptViTHybridEmbeddings(CheckpointScope scope, DptConfig config, BitConfig backbone) : IDptEmbeddings
{
    public BitBackbone Backbone { get; } = new(scope.Child("backbone.bit"), backbone);

    public ConvWeight Projection { get; } =
        scope.Child("projection").Conv2d(backbone.StageChannels[backbone.OutStages[^1]], config.HiddenSize, 1);

    public ViTTokens Tokens { get; } = new(scope, config.HiddenSize, config.ImageSize / config.PatchSize);

    public Tensor Forward(IOps ops, Tensor pixels, TensorList features)
    {
        using TensorList stages = Backbone.Forward(ops, pixels);                         // [N,h,w,C] each
        for (int i = 0; i < DptConfig.HybridStages; i++) features.Add(ops.Reshape(stages[i], stages[i].Shape));
        return ops.Conv2d(stages[DptConfig.HybridStages], Projection, Window.Of(1, 0))   // [N,h,w,C]
            .Then(x => Tokens.Forward(ops, x));                                          // [N,1+h w,C]
    }
}
