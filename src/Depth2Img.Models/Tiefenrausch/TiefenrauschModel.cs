using Depth2Img.Compute;
using Depth2Img.Compute.Checkpoints;
using Depth2Img.Models.Layers;

namespace Depth2Img.Models.Tiefenrausch;

/// <summary>
/// A small monocular depth network for photographs: Tiefenrausch of Kopf et al., "One Shot 3D Photography", 2020
/// (facebookresearch/one_shot_3d_photography). An encoder of inverted residual blocks, a decoder of the same, and
/// skip connections at every resolution. Immutable once made; several sessions may run it at a time.
/// </summary>
public sealed class TiefenrauschModel : IDisposable
{
    /// <summary>Both sides of a picture must be multiples of this: the network halves five times and doubles five times.</summary>
    public const int SizeMultiple = 32;

    private const int EncoderBlocks = 18, Levels = 5, BlocksPerLevel = 3;

    private readonly WeightSet _weights;

    internal TiefenrauschModel(CheckpointScope scope, TiefenrauschClips clips)
    {
        _weights = scope.Weights;
        Stem = TiefenrauschConv.Full(scope.Child("stem"), clips, 3, 3);
        Encoder = new InvertedResidual[EncoderBlocks];
        Skip = new InvertedResidual[Levels][];
        Decoder = new InvertedResidual[Levels][];

        int channels = Stem.OutChannels;
        for (int i = 0; i < EncoderBlocks; i++)
        {
            if (SkipBefore(i) is { } skip) Skip[skip] = Blocks(scope.Child("skip").Child(skip), clips, channels, upsample: false);
            Encoder[i] = new InvertedResidual(scope.Child("encoder").Child(i), clips, channels, Halves(i) ? 2 : 1);
            channels = Encoder[i].OutChannels;
        }
        for (int level = 0; level < Levels; level++)
        {
            Decoder[level] = Blocks(scope.Child("decoder").Child(level), clips, channels, upsample: true);
            channels = Decoder[level][^1].OutChannels;
            int skip = Levels - 1 - level;
            if (Skip[skip][^1].OutChannels is var added && added != channels)
                throw new Depth2ImgException($"skip.{skip}: {channels} channels expected to be added to decoder.{level}, {added} found.");
        }
        Head = TiefenrauschConv.Full(scope.Child("head"), clips, channels, 3);
    }

    internal TiefenrauschConv Stem { get; }
    internal InvertedResidual[] Encoder { get; }
    internal InvertedResidual[][] Skip { get; }
    internal InvertedResidual[][] Decoder { get; }
    internal TiefenrauschConv Head { get; }

    /// <summary>Reads the network from its file, which may be closed afterwards.</summary>
    /// <param name="file">The weights, with the ranges of values in the metadata `clip`.</param>
    /// <param name="backend">Where it will run.</param>
    /// <exception cref="Depth2ImgException">A tensor or a range is missing, misshapen or damaged.</exception>
    public static TiefenrauschModel Load(SafetensorsFile file, IBackend backend)
    {
        ArgumentNullException.ThrowIfNull(file);
        ArgumentNullException.ThrowIfNull(backend);
        TiefenrauschClips clips = TiefenrauschClips.Read(file);
        return CheckpointScope.Load(file, backend, scope => new TiefenrauschModel(scope, clips), out _);
    }

    /// <summary>Estimates inverse depth.</summary>
    /// <param name="ops">The session to run in.</param>
    /// <param name="image">[N,H,W,3], 0..1; both sides multiples of <see cref="SizeMultiple"/>, the longer one best 384.</param>
    /// <returns>[N,H,W,1]: the natural logarithm of inverse depth, larger where the scene is nearer. The caller disposes it.</returns>
    /// <exception cref="ArgumentException">The picture has another shape.</exception>
    public Tensor Forward(IOps ops, Tensor image)
    {
        ArgumentNullException.ThrowIfNull(ops);
        ArgumentNullException.ThrowIfNull(image);
        Shape shape = image.Shape;
        if (shape.Rank != 4 || shape[3] != 3 || shape[1] % SizeMultiple != 0 || shape[2] % SizeMultiple != 0 || shape.Count == 0)
            throw new ArgumentException($"A picture [N,H,W,3] with sides that are multiples of {SizeMultiple} is needed, not {shape}.", nameof(image));

        // 1. Encoder; what the skip connections need is kept
        using TensorList at = [];
        Tensor x = Stem.Forward(ops, image); // [N,H,W,C]
        for (int i = 0; i < EncoderBlocks; i++)
        {
            if (SkipBefore(i) is not null) at.Add(ops.Reshape(x, x.Shape));
            InvertedResidual block = Encoder[i];
            x = x.Then(t => block.Forward(ops, t)); // [N,H/2ⁿ,W/2ⁿ,C]
        }

        // 2. Decoder; each level doubles the picture and adds what the encoder had at that size
        for (int level = 0; level < Levels; level++)
        {
            int skip = Levels - 1 - level;
            x = Run(ops, Decoder[level], x)                       // [N,H/2ⁿ,W/2ⁿ,C]
                .ThenInPlace(t => AddSkip(ops, t, skip, at[skip]));
        }

        // 3. Head
        return x.Then(t => Head.Forward(ops, t)); // [N,H,W,1]
    }

    /// <summary>Gives the weights back.</summary>
    public void Dispose() => _weights.Dispose();

    /// <summary>Runs blocks one after the other, and gives what went in back.</summary>
    private static Tensor Run(IOps ops, InvertedResidual[] blocks, Tensor x)
    {
        foreach (InvertedResidual block in blocks) x = x.Then(t => block.Forward(ops, t));
        return x;
    }

    private void AddSkip(IOps ops, Tensor x, int skip, Tensor feature)
    {
        using Tensor added = Run(ops, Skip[skip], ops.Reshape(feature, feature.Shape)); // [N,H/2ⁿ,W/2ⁿ,C]
        ops.AddInPlace(x, added);
    }

    /// <summary>The skip connection that starts where this encoder block does; null if none does.</summary>
    private static int? SkipBefore(int block) => Halves(block) ? block / BlocksPerLevel : null;

    /// <summary>Whether an encoder block halves the picture: the first of each level but the last.</summary>
    private static bool Halves(int block) => block % BlocksPerLevel == 0 && block / BlocksPerLevel < Levels;

    private static InvertedResidual[] Blocks(CheckpointScope scope, TiefenrauschClips clips, int channels, bool upsample)
    {
        InvertedResidual[] blocks = new InvertedResidual[BlocksPerLevel];
        for (int i = 0; i < blocks.Length; i++)
        {
            blocks[i] = new InvertedResidual(scope.Child(i), clips, channels, upsample: upsample && i == 0);
            channels = blocks[i].OutChannels;
        }
        return blocks;
    }
}
