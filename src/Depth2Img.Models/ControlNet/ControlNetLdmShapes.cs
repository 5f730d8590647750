using Depth2Img.Compute.Checkpoints;
using Depth2Img.Models.Unet;

namespace Depth2Img.Models.ControlNet;

/// <summary>Finds a ControlNet's sizes in the shapes of its authors' own form, which has no configuration.</summary>
/// <param name="source">The file.</param>
/// <param name="prefix">What all keys begin with.</param>
internal sealed class ControlNetLdmShapes(IWeightSource source, string prefix)
{
    /// <summary>Widths of the text of Stable Diffusion 1 and 2.</summary>
    private const int Sd1Width = 768, Sd2Width = 1024;

    /// <summary>Stable Diffusion 1 has as many heads everywhere, 2 as wide ones.</summary>
    private const int Sd1Heads = 8, Sd2HeadChannels = 64;

    /// <summary>The hint's convolutions that come first at each size.</summary>
    private static readonly int[] HintLevels = [0, 4, 8, 12];

    /// <summary>The sizes.</summary>
    /// <exception cref="Depth2ImgException">They are of another family, or of no network.</exception>
    public ControlNetConfig Read()
    {
        if (Has("label_emb.0.0.weight"))
            throw new Depth2ImgException($"'{source.Description}' is a ControlNet of Stable Diffusion XL; one of Stable Diffusion 1 or 2 was expected.");
        List<Level> levels = ReadLevels();
        int width = levels.FirstOrDefault(level => level.Attends) is { } attending
            ? SizeOf($"input_blocks.{attending.FirstInput}.1.transformer_blocks.0.attn2.to_k.weight", 1)
            : 0;
        int[] channels = [.. levels.Select(level => level.Channels)];
        return new ControlNetConfig
        {
            ConditioningChannels = SizeOf("input_hint_block.0.weight", 1),
            ConditioningEmbeddingOutChannels = [.. HintLevels.Select(i => SizeOf($"input_hint_block.{i}.weight", 0))],
            Unet = new UNet2DConditionConfig
            {
                InChannels = SizeOf("input_blocks.0.0.weight", 1),
                OutChannels = SizeOf("input_blocks.0.0.weight", 1),
                BlockOutChannels = channels,
                LayersPerBlock = [.. levels.Select(level => level.Layers)],
                DownBlockAttends = [.. levels.Select(level => level.Attends)],
                UpBlockAttends = [.. levels.Select(level => level.Attends).Reverse()],
                AttentionHeads = [.. channels.Select(c => HeadsOf(c, width))],
                TransformerLayersPerBlock = [.. levels.Select(_ => 1)],
                CrossAttentionDim = width,
                OnlyCrossAttention = [.. levels.Select(_ => false)],
                NormNumGroups = 32,
                NormEps = 1e-5f,
                DownsamplePadding = 1,
                FlipSinToCos = true,
                FreqShift = 0,
                TimeEmbeddingDim = SizeOf("time_embed.0.weight", 0),
            },
        };
    }

    /// <summary>Walks the layers of the down path: a halving convolution ends a level.</summary>
    private List<Level> ReadLevels()
    {
        List<Level> levels = [];
        int first = 1, input = 1;
        for (; Has($"zero_convs.{input}.0.bias"); input++)
        {
            if (!Has($"input_blocks.{input}.0.op.bias")) continue;
            levels.Add(LevelOf(first, input));
            first = input + 1;
        }
        levels.Add(LevelOf(first, input));
        return levels;
    }

    private Level LevelOf(int first, int end) =>
        new(first, end - first, SizeOf($"input_blocks.{first}.0.out_layers.3.bias", 0), Has($"input_blocks.{first}.1.norm.weight"));

    private int HeadsOf(int channels, int width) => width switch
    {
        Sd1Width => Sd1Heads,
        Sd2Width when channels % Sd2HeadChannels == 0 => channels / Sd2HeadChannels,
        _ => throw new Depth2ImgException($"'{source.Description}' is a ControlNet of an unknown family: its text width is {width}; {Sd1Width} (Stable Diffusion 1) or {Sd2Width} (2) was expected."),
    };

    private bool Has(string key) => source.Contains(prefix + key);

    private int SizeOf(string key, int dimension)
    {
        if (!Has(key)) throw new Depth2ImgException($"{prefix}{key}: missing in '{source.Description}'.");
        WeightTensor tensor = source[prefix + key];
        return dimension < tensor.Dimensions.Length
            ? tensor.Dimensions[dimension]
            : throw new Depth2ImgException($"{tensor.Name}: {tensor.DimensionsText} found in '{source.Description}', which is no ControlNet's.");
    }

    private sealed record Level(int FirstInput, int Layers, int Channels, bool Attends);
}
