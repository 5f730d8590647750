using Depth2Img.Compute;
using Depth2Img.Models.Layers;

namespace Depth2Img.Models.Dpt;

/// <summary>
/// Makes one picture of what a transformer knew at several depths: reassembles each to a picture, then fuses them
/// from the coarsest to the finest (transformers' DPTNeck).
/// </summary>
internal sealed class DptNeck
{
    private readonly DptNeckConfig _config;

    public DptNeck(CheckpointScope scope, DptNeckConfig config)
    {
        _config = config;
        int stages = config.NeckHiddenSizes.Count;
        ReassembleStage = new DptReassembleStage(scope.Child("reassemble_stage"), config);
        Convs = new ConvWeight[stages];
        FusionStageLayers = new DptFeatureFusionLayer[stages];
        CheckpointScope layers = scope.Child("fusion_stage.layers");
        for (int i = 0; i < stages; i++)
        {
            Convs[i] = scope.Child("convs").Child(i).Conv2d(config.NeckHiddenSizes[i], config.FusionHiddenSize, 3, bias: false);
            FusionStageLayers[i] = new DptFeatureFusionLayer(layers.Child(i), config.FusionHiddenSize, config.FusionBias, isFirst: i == 0);
        }
    }

    public DptReassembleStage ReassembleStage { get; }
    public ConvWeight[] Convs { get; }
    public DptFeatureFusionLayer[] FusionStageLayers { get; }

    /// <summary>Reassembles and fuses.</summary>
    /// <param name="ops">The session.</param>
    /// <param name="features">One a stage, finest first: tokens [N,1+h w,hidden], or pictures [N,H,W,C] of a backbone.</param>
    /// <param name="gridHeight">Rows h of the grid of tokens.</param>
    /// <param name="gridWidth">Columns w of the grid of tokens.</param>
    /// <returns>[N,H,W,C]: twice the finest stage's size, as a rule.</returns>
    public Tensor Forward(IOps ops, IReadOnlyList<Tensor> features, int gridHeight, int gridWidth)
    {
        // 1. Pictures, all with the fusion's channels
        using TensorList stages = [];
        for (int i = 0; i < features.Count; i++)
        {
            ConvWeight conv = Convs[i];
            stages.Add(ReassembleStage.Forward(ops, i, features[i], gridHeight, gridWidth) // [N,H,W,Ci]
                .Then(x => ops.Conv2d(x, conv, Window.Of(1, 1))));                         // [N,H,W,C]
        }

        // 2. Fusion from the coarsest to the finest
        Tensor fused = Fuse(ops, stages, 0, stages[^1], null);
        for (int i = 1; i < stages.Count; i++)
        {
            int layer = i;
            fused = fused.Then(x => Fuse(ops, stages, layer, x, stages[^(layer + 1)])); // [N,H,W,C]
        }
        return fused;
    }

    private Tensor Fuse(IOps ops, TensorList stages, int layer, Tensor fused, Tensor? feature)
    {
        bool toNextSize = _config.FuseToNextSize && layer < stages.Count - 1;
        Shape next = toNextSize ? stages[^(layer + 2)].Shape : new Shape(1, 2 * fused.Shape[1], 2 * fused.Shape[2], 1);
        return FusionStageLayers[layer].Forward(ops, fused, feature, next[1], next[2]);
    }
}
