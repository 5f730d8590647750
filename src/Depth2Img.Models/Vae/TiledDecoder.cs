using Depth2Img.Compute;
using Depth2Img.Models.Layers;

namespace Depth2Img.Models.Vae;

/// <summary>
/// Decodes a large picture in less memory. The decoder's beginning, which is small and holds the attention over all
/// pixels, runs whole; its last two blocks, where the memory goes, run in overlapping tiles, all tiles through one
/// layer before any goes through the next. So every group normalisation sees the statistics of the whole picture,
/// joined from the tiles' cores, and as the overlap is as wide as the convolutions' reach, the result is the whole
/// decode's but for rounding: there is no seam to hide. What is saved are the whole picture's copies between the steps
/// of a layer; what it costs are the overlaps.
/// </summary>
public sealed class TiledDecoder
{
    private const int TiledBlocks = 2;

    private readonly AutoencoderKL _vae;
    private readonly VaeDecoder _decoder;
    private readonly int _firstTiled;
    private readonly int _tileLatents;

    /// <summary>Prepares to decode.</summary>
    /// <param name="vae">Whose decoder; it is not disposed here.</param>
    /// <param name="tileLatents">The longest side of a tile's core, in latent pixels; 64 is 512 pixels of the picture.</param>
    public TiledDecoder(AutoencoderKL vae, int tileLatents = 64)
    {
        ArgumentNullException.ThrowIfNull(vae);
        ArgumentOutOfRangeException.ThrowIfLessThan(tileLatents, 1);
        _vae = vae;
        _decoder = vae.Decoder;
        _firstTiled = Math.Max(0, _decoder.UpBlocks.Length - TiledBlocks);
        _tileLatents = tileLatents;
    }

    /// <summary>How many tiles latents of a size are cut into.</summary>
    public int TilesOf(int height, int width) => Parts(height) * Parts(width);

    /// <summary>Decodes one picture, as <see cref="IAutoencoder.Decode"/> does.</summary>
    /// <param name="ops">The session to run in.</param>
    /// <param name="latents">[1,h,w,latent]; it is left as it is.</param>
    /// <returns>Values [H,W,out], about -1..1, not clamped.</returns>
    /// <exception cref="ArgumentException">The tensor has another shape.</exception>
    public float[] Decode(IOps ops, Tensor latents)
    {
        ArgumentNullException.ThrowIfNull(ops);
        AutoencoderShapes.CheckLatents(latents, _vae.LatentChannels);
        if (latents.Shape[0] != 1) throw new ArgumentException($"One picture's latents are needed, not {latents.Shape}.", nameof(latents));
        int height = latents.Shape[1], width = latents.Shape[2];
        List<DecoderTile> tiles = [];
        try
        {
            // 1. The small part, whole, then cut.
            using (Tensor whole = DecodeBeginning(ops, latents))
            {
                int scale = whole.Shape[1] / height;
                foreach (PixelRegion core in Cores(height, width, scale))
                {
                    DecoderTile tile = new(core);
                    tiles.Add(tile);
                    tile.CutFrom(ops, whole, ReachFrom(_firstTiled));
                }
            }

            // 2. Blocks, layer by layer.
            for (int i = _firstTiled; i < _decoder.UpBlocks.Length; i++)
            {
                UpDecoderBlock2D block = _decoder.UpBlocks[i];
                foreach (VaeResnetBlock resnet in block.Resnets) Run(ops, tiles, resnet);
                if (block.UpsamplersConv is null) continue;
                foreach (DecoderTile tile in tiles)
                {
                    tile.Trim(ops, ReachOfUpsampler(i));
                    tile.Double(ops);
                    tile.Replace(ops.Conv2d(tile.Values!, block.UpsamplersConv, Window.Of(1, 1)));
                }
            }

            // 3. Out.
            return Finish(ops, tiles, height * _vae.DownscaleFactor, width * _vae.DownscaleFactor);
        }
        finally
        {
            foreach (DecoderTile tile in tiles) tile.Dispose();
        }
    }

    private Tensor DecodeBeginning(IOps ops, Tensor latents)
    {
        using Tensor? quantized = _vae.PostQuantConv is null ? null : ops.Conv2d(latents, _vae.PostQuantConv, Window.Of(1, 0));
        Tensor h = ops.Conv2d(quantized ?? latents, _decoder.ConvIn, Window.Of(1, 1))
            .Then(t => _decoder.MidBlock.Forward(ops, t));
        foreach (UpDecoderBlock2D block in _decoder.UpBlocks.AsSpan(0, _firstTiled)) h = h.Then(t => block.Forward(ops, t));
        return h;
    }

    /// <summary>A residual block over all tiles. The shortcut is taken early, so that its wider input can go.</summary>
    private void Run(IOps ops, List<DecoderTile> tiles, VaeResnetBlock block)
    {
        GroupStatistics first = Statistics(ops, tiles, tile => tile.Values!);
        foreach (DecoderTile tile in tiles)
        {
            tile.Hidden = ops.NormConv2d(tile.Values!, Norm(block.Norm1, first), block.Conv1, Window.Of(1, 1));
            if (block.ConvShortcut is not null) tile.Replace(ops.Conv2d(tile.Values!, block.ConvShortcut, Window.Of(1, 0)));
        }
        GroupStatistics second = Statistics(ops, tiles, tile => tile.Hidden!);
        foreach (DecoderTile tile in tiles)
        {
            tile.Replace(ops.NormConv2d(tile.Hidden!, Norm(block.Norm2, second), block.Conv2, Window.Of(1, 1), residual: tile.Values));
            tile.Hidden!.Dispose();
            tile.Hidden = null;
        }
    }

    private float[] Finish(IOps ops, List<DecoderTile> tiles, int height, int width)
    {
        GroupStatistics statistics = Statistics(ops, tiles, tile => tile.Values!);
        int channels = _decoder.ConvOut.OutChannels;
        float[] picture = new float[checked(height * width * channels)];
        foreach (DecoderTile tile in tiles)
        {
            using Tensor core = ops.NormConv2d(tile.Values!, Norm(_decoder.ConvNormOut, statistics), _decoder.ConvOut, Window.Of(1, 1))
                .Then(t => tile.CutCore(ops, t));
            tile.Dispose();
            float[] values = ops.DownloadAll(core);
            int row = tile.Core.Width * channels;
            for (int y = 0; y < tile.Core.Height; y++)
                values.AsSpan(y * row, row).CopyTo(picture.AsSpan(((tile.Core.Top + y) * width + tile.Core.Left) * channels));
        }
        return picture;
    }

    private GroupStatistics Statistics(IOps ops, List<DecoderTile> tiles, Func<DecoderTile, Tensor> values)
    {
        List<GroupStatistics> pieces = [];
        foreach (DecoderTile tile in tiles) pieces.Add(ops.GroupStatistics(values(tile), _vae.Config.NormNumGroups, tile.CoreInTile));
        return GroupStatistics.Join(pieces);
    }

    private static GroupNormalization Norm(NormWeight weight, GroupStatistics statistics) =>
        weight.WithSilu(statistics.Groups, VaeResnetBlock.NormEps) with { Statistics = statistics };

    /// <summary>How far outside a tile its pixels depend on, in pixels before a block: a pixel for each 3x3 convolution that follows.</summary>
    private int ReachFrom(int block)
    {
        int after = block == _decoder.UpBlocks.Length - 1 ? 1 : ReachOfUpsampler(block);
        return after + 2 * _decoder.UpBlocks[block].Resnets.Length;
    }

    /// <summary>The same before a block's doubling.</summary>
    private int ReachOfUpsampler(int block) => (ReachFrom(block + 1) + 1 + 1) / 2;

    private int Parts(int side) => (side + _tileLatents - 1) / _tileLatents;

    private IEnumerable<PixelRegion> Cores(int height, int width, int scale)
    {
        int rows = Parts(height), columns = Parts(width);
        for (int r = 0; r < rows; r++)
        {
            for (int c = 0; c < columns; c++)
            {
                int top = r * height / rows, left = c * width / columns;
                yield return new PixelRegion(scale * top, scale * left, scale * ((r + 1) * height / rows - top), scale * ((c + 1) * width / columns - left));
            }
        }
    }
}
