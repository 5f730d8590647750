using Depth2Img.Compute;
using Depth2Img.Models.Layers;

namespace Depth2Img.Models.Dpt;

/// <summary>Makes pictures of the tokens of some transformer layers (transformers' DPTReassembleStage).</summary>
internal sealed class DptReassembleStage
{
    private readonly DptNeckConfig _config;

    public DptReassembleStage(CheckpointScope scope, DptNeckConfig config)
    {
        _config = config;
        int stages = config.NeckHiddenSizes.Count;
        Layers = new DptReassembleLayer?[stages];
        ReadoutProjects = new LinearWeight?[stages];
        for (int i = config.PictureStages; i < stages; i++)
        {
            Layers[i] = new DptReassembleLayer(scope.Child("layers").Child(i), config.HiddenSize, config.NeckHiddenSizes[i], config.ReassembleFactors[i]);
            if (config.ReadoutType == ReadoutType.Project)
                ReadoutProjects[i] = scope.Child("readout_projects").Child(i).Child(0).Linear(2 * config.HiddenSize, config.HiddenSize);
        }
    }

    public DptReassembleLayer?[] Layers { get; }
    public LinearWeight?[] ReadoutProjects { get; }

    /// <summary>Reassembles one stage.</summary>
    /// <param name="ops">The session.</param>
    /// <param name="stage">Which one, from 0.</param>
    /// <param name="feature">[N,1+h w,hidden], the class token first; of a stage that a backbone feeds, [N,h,w,C].</param>
    /// <param name="gridHeight">Rows h of the grid of tokens.</param>
    /// <param name="gridWidth">Columns w of the grid of tokens.</param>
    /// <returns>[N,factor h,factor w,C].</returns>
    public Tensor Forward(IOps ops, int stage, Tensor feature, int gridHeight, int gridWidth)
    {
        if (Layers[stage] is not { } layer) return ops.Reshape(feature, feature.Shape);
        Shape grid = new(feature.Shape[0], gridHeight, gridWidth, feature.Shape.Channels);
        return ReadOut(ops, stage, feature)              // [N,h w,hidden]
            .Then(x => ops.Reshape(x, grid))             // [N,h,w,hidden]
            .Then(x => layer.Forward(ops, x));           // [N,factor h,factor w,C]
    }

    /// <summary>Takes the class token out, [N,1+L,C] to [N,L,C].</summary>
    private Tensor ReadOut(IOps ops, int stage, Tensor feature)
    {
        int count = feature.Shape[1] - 1;
        Tensor tokens = ops.SliceTokens(feature, 1, count); // [N,L,C]
        switch (_config.ReadoutType)
        {
            case ReadoutType.Project:
                return tokens
                    .Then(x => AppendClassToken(ops, x, feature))                                    // [N,L,2C]
                    .Then(x => ops.Linear(x, ReadoutProjects[stage]!, _config.ReadoutActivation));   // [N,L,C]
            case ReadoutType.Add:
                return tokens.ThenInPlace(x => AddClassToken(ops, x, feature));                          // [N,L,C]
            default:
                return tokens;
        }
    }

    private static void AddClassToken(IOps ops, Tensor tokens, Tensor feature)
    {
        using Tensor vector = ops.SliceTokens(feature, 0, 1)                       // [N,1,C]
            .Then(cls => ops.Reshape(cls, new Shape(cls.Shape[0], cls.Shape[2]))); // [N,C]
        ops.AddChannelsInPlace(tokens, vector);
    }

    private static Tensor AppendClassToken(IOps ops, Tensor tokens, Tensor feature)
    {
        using Tensor readout = ops.SliceTokens(feature, 0, 1)        // [N,1,C]
            .Then(cls => ops.RepeatToken(cls, tokens.Shape[1]));     // [N,L,C]
        return ops.ConcatChannels(tokens, readout);                  // [N,L,2C]
    }
}
