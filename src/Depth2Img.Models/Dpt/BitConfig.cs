using System.Globalization;

namespace Depth2Img.Models.Dpt;

/// <summary>
/// The configuration of a <see cref="BitBackbone"/>, as transformers' BitConfig names it. The defaults are those of
/// a hybrid DPT without a backbone configuration of its own.
/// </summary>
public sealed record BitConfig
{
    /// <summary>The stride of the stem, before the first stage.</summary>
    private const int StemStride = 4;

    /// <summary>Channels of the picture.</summary>
    public int NumChannels { get; init; } = 3;

    /// <summary>Channels of the stem.</summary>
    public int EmbeddingSize { get; init; } = 64;

    /// <summary>Channels of each stage.</summary>
    public IReadOnlyList<int> StageChannels { get; init; } = [256, 512, 1024];

    /// <summary>Layers of each stage.</summary>
    public IReadOnlyList<int> Depths { get; init; } = [3, 4, 9];

    /// <summary>Groups of every group normalisation; divides all numbers of channels.</summary>
    public int NumGroups { get; init; } = 32;

    /// <summary>Whether the stem's pooling pads as its convolution does; if not, it does not pad.</summary>
    public bool EmbeddingDynamicPadding { get; init; } = true;

    /// <summary>The stages whose results are wanted, counted from 0, ascending.</summary>
    public IReadOnlyList<int> OutStages { get; init; } = [0, 1, 2];

    /// <summary>Reads a `backbone_config`.</summary>
    /// <exception cref="Depth2ImgException">A key has an impossible value, or one that this class does not compute.</exception>
    public static BitConfig Read(JsonConfig json)
    {
        ArgumentNullException.ThrowIfNull(json);
        json.RequireClass(["BitBackbone", "BitModel"], "bit");
        json.RequireOnly("hidden_act", "relu");
        json.RequireOnly("width_factor", 1);
        json.Choice("layer_type", "preactivation", "bottleneck");
        if (!string.Equals(json.OptionalText("global_padding"), "same", StringComparison.OrdinalIgnoreCase))
            throw json.Error("global_padding", $"is {json.OptionalText("global_padding") ?? "null"}, which is not supported; \"same\" is");

        BitConfig defaults = new();
        IReadOnlyList<int> depths = json.Integers("depths", [3, 4, 6, 3]);
        IReadOnlyList<int> hiddenSizes = json.Integers("hidden_sizes", [256, 512, 1024, 2048]);
        if (hiddenSizes.Count < depths.Count)
            throw json.Error("hidden_sizes", $"has {hiddenSizes.Count} entries, and depths has {depths.Count}");
        int stride = StemStride << (depths.Count - 1);
        if (json.Integer("output_stride", 32) is var outputStride && outputStride < stride)
            throw json.Error("output_stride", $"is {outputStride}, which is not supported with {depths.Count} stages; {stride} or more is");

        BitConfig config = new()
        {
            NumChannels = json.Integer("num_channels", defaults.NumChannels),
            EmbeddingSize = json.Integer("embedding_size", defaults.EmbeddingSize),
            StageChannels = [.. hiddenSizes.Take(depths.Count).Select(size => MultipleOf8(size))],
            Depths = depths,
            NumGroups = json.Integer("num_groups", defaults.NumGroups),
            EmbeddingDynamicPadding = json.Boolean("embedding_dynamic_padding", false),
            OutStages = ReadOutStages(json, depths.Count),
        };
        foreach (int channels in config.StageChannels.Append(config.EmbeddingSize).Concat(config.StageChannels.Select(BottleneckChannels)))
        {
            if (channels % config.NumGroups != 0)
                throw json.Error("num_groups", $"is {config.NumGroups}, which does not divide {channels} channels");
        }
        return config;
    }

    /// <summary>How many pixels of the picture a pixel of a stage stands for in each direction.</summary>
    internal static int StrideOf(int stage) => StemStride << stage;

    /// <summary>Channels between the first and the last convolution of a layer: a quarter.</summary>
    internal static int BottleneckChannels(int channels) => MultipleOf8(channels * 0.25);

    /// <summary>The multiple of 8 next to a number of channels, at least 8 and not below nine tenths of it.</summary>
    private static int MultipleOf8(double channels)
    {
        int rounded = Math.Max(8, (int)(channels + 4) / 8 * 8);
        return rounded < 0.9 * channels ? rounded + 8 : rounded;
    }

    private static int[] ReadOutStages(JsonConfig json, int count)
    {
        IReadOnlyList<string> names = json.Texts("out_features", [$"stage{count}"]);
        int[] stages = new int[names.Count];
        for (int i = 0; i < stages.Length; i++)
        {
            bool isStage = names[i].StartsWith("stage", StringComparison.Ordinal)
                && int.TryParse(names[i].AsSpan(5), NumberStyles.None, CultureInfo.InvariantCulture, out stages[i])
                && stages[i] >= 1 && stages[i] <= count
                && (i == 0 || stages[i] - 1 > stages[i - 1]);
            if (!isStage) throw json.Error("out_features", $"has \"{names[i]}\"; \"stage1\" to \"stage{count}\" in ascending order were expected");
            stages[i]--;
        }
        return stages;
    }
}
