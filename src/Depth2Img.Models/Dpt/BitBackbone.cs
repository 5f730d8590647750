using Depth2Img.Compute;
using Depth2Img.Models.Layers;

namespace Depth2Img.Models.Dpt;

/// <summary>
/// The convolutional part of a hybrid DPT: BiT (Kolesnikov et al., "Big Transfer", 2020) with bottleneck layers, as
/// transformers' BitBackbone.
/// </summary>
internal sealed class BitBackbone
{
    private readonly BitConfig _config;

    public BitBackbone(CheckpointScope scope, BitConfig config)
    {
        _config = config;
        EmbedderConvolution = new WeightStandardizedConv2d(scope.Child("embedder.convolution"), config.NumChannels, config.EmbeddingSize, 7, 2);
        EmbedderNorm = new BitNorm(scope.Child("embedder.norm"), config.EmbeddingSize, config, Activation.Relu);
        CheckpointScope stages = scope.Child("encoder.stages");
        int channels = config.EmbeddingSize;
        Stages = new BitBottleneckLayer[config.OutStages[^1] + 1][];
        for (int i = 0; i < Stages.Length; i++)
        {
            CheckpointScope layers = stages.Child(i).Child("layers");
            Stages[i] = new BitBottleneckLayer[config.Depths[i]];
            for (int j = 0; j < Stages[i].Length; j++)
            {
                int stride = i > 0 && j == 0 ? 2 : 1;
                Stages[i][j] = new BitBottleneckLayer(layers.Child(j), channels, config.StageChannels[i], stride, isFirst: j == 0, config);
                channels = config.StageChannels[i];
            }
        }
    }

    public WeightStandardizedConv2d EmbedderConvolution { get; }
    public BitNorm EmbedderNorm { get; }
    public BitBottleneckLayer[][] Stages { get; }

    /// <summary>Runs the stem and the stages.</summary>
    /// <param name="ops">The session.</param>
    /// <param name="pixels">[N,H,W,in].</param>
    /// <returns>The results of the stages that the configuration wants, [N,⌈H/stride⌉,⌈W/stride⌉,C] each.</returns>
    public TensorList Forward(IOps ops, Tensor pixels)
    {
        TensorList features = [];
        try
        {
            // 1. Stem
            Tensor h = Embed(ops, pixels); // [N,H/4,W/4,C]

            // 2. Stages; a view of a wanted result keeps its memory
            for (int i = 0; i < Stages.Length; i++)
            {
                foreach (BitBottleneckLayer layer in Stages[i]) h = h.Then(x => layer.Forward(ops, x)); // [N,h,w,C]
                if (_config.OutStages.Contains(i)) features.Add(ops.Reshape(h, h.Shape));
            }
            h.Dispose();
            return features;
        }
        catch
        {
            features.Dispose();
            throw;
        }
    }

    /// <summary>The stem: [N,H,W,in] to [N,H/4,W/4,C].</summary>
    public Tensor Embed(IOps ops, Tensor pixels) =>
        EmbedderConvolution.Forward(ops, pixels)        // [N,H/2,W/2,C]
            .Then(x => EmbedderNorm.Forward(ops, x))
            .Then(x => ops.MaxPool2d(x, 3, PoolWindow(x), zeroBorder: true)); // [N,H/4,W/4,C]

    private Window PoolWindow(Tensor x) =>
        _config.EmbeddingDynamicPadding ? Window.Same(2, 3, x.Shape[1], x.Shape[2]) : Window.Of(2, 0);
}
