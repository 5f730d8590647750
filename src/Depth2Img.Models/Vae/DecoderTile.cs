using Depth2Img.Compute;
using Depth2Img.Models.Layers;

namespace Depth2Img.Models.Vae;

/// <summary>
/// A piece of a picture on its way through the decoder: its core, which belongs to it alone, and borders of its
/// neighbours' pixels, which convolutions look at. A side at the picture's edge has no border.
/// </summary>
/// <param name="core">Where the core lies in the picture, in pixels of the present resolution.</param>
internal sealed class DecoderTile(PixelRegion core) : IDisposable
{
    private int _top;
    private int _left;
    private int _bottom;
    private int _right;

    /// <summary>Where the core lies in the picture.</summary>
    public PixelRegion Core { get; private set; } = core;

    /// <summary>Where the core lies in the tile.</summary>
    public PixelRegion CoreInTile => new(_top, _left, Core.Height, Core.Width);

    /// <summary>[1,h,w,C]: core and borders.</summary>
    public Tensor? Values { get; private set; }

    /// <summary>A residual block's inner values, of the same size.</summary>
    public Tensor? Hidden { get; set; }

    /// <summary>Cuts the tile out of a whole picture.</summary>
    /// <param name="ops">The session.</param>
    /// <param name="picture">[1,H,W,C].</param>
    /// <param name="border">How many pixels of its neighbours it sees.</param>
    public void CutFrom(IOps ops, Tensor picture, int border)
    {
        _top = Math.Min(border, Core.Top);
        _left = Math.Min(border, Core.Left);
        _bottom = Math.Min(border, picture.Shape[1] - Core.Top - Core.Height);
        _right = Math.Min(border, picture.Shape[2] - Core.Left - Core.Width);
        Values = Cut(ops, picture, new PixelRegion(Core.Top - _top, Core.Left - _left, _top + Core.Height + _bottom, _left + Core.Width + _right));
    }

    /// <summary>Replaces the values and gives the old ones back.</summary>
    public void Replace(Tensor values)
    {
        Values?.Dispose();
        Values = values;
    }

    /// <summary>A copy of the core's part of the values, or of others of their size.</summary>
    public Tensor CutCore(IOps ops, Tensor values) => Cut(ops, values, CoreInTile);

    /// <summary>Narrows the borders to what is still needed.</summary>
    public void Trim(IOps ops, int border)
    {
        int top = Math.Min(border, _top), left = Math.Min(border, _left), bottom = Math.Min(border, _bottom), right = Math.Min(border, _right);
        PixelRegion kept = new(_top - top, _left - left, top + Core.Height + bottom, left + Core.Width + right);
        Replace(Cut(ops, Values!, kept));
        (_top, _left, _bottom, _right) = (top, left, bottom, right);
    }

    /// <summary>Doubles the resolution by repeating pixels.</summary>
    public void Double(IOps ops)
    {
        Replace(ops.ResizeNearest(Values!, 2 * Values!.Shape[1], 2 * Values.Shape[2]));
        Core = new PixelRegion(2 * Core.Top, 2 * Core.Left, 2 * Core.Height, 2 * Core.Width);
        (_top, _left, _bottom, _right) = (2 * _top, 2 * _left, 2 * _bottom, 2 * _right);
    }

    /// <summary>Gives all values back.</summary>
    public void Dispose()
    {
        Values?.Dispose();
        Values = null;
        Hidden?.Dispose();
        Hidden = null;
    }

    /// <summary>A rectangle of a picture [1,H,W,C]: some of its rows, then of every row some of its pixels.</summary>
    private static Tensor Cut(IOps ops, Tensor x, PixelRegion region)
    {
        int width = x.Shape[2], channels = x.Shape[3];
        using Tensor rows = ops.Reshape(x, new Shape(1, x.Shape[1], width * channels));
        return ops.SliceTokens(rows, region.Top, region.Height)
            .Then(t => ops.Reshape(t, new Shape(region.Height, width, channels)))
            .Then(t => ops.SliceTokens(t, region.Left, region.Width))
            .Then(t => ops.Reshape(t, new Shape(1, region.Height, region.Width, channels)));
    }
}
