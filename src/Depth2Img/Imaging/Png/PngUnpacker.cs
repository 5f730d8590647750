using System.Buffers.Binary;

namespace Depth2Img.Imaging.Png;

/// <summary>
/// Turns a restored row into samples: bits spread to bytes, palette looked up, the transparent colour given an alpha
/// of 0. Depths of up to 8 bits become bytes, 16 bits stay words.
/// </summary>
internal sealed class PngUnpacker
{
    private readonly PngHeader _header;
    private readonly byte[]? _palette;
    private readonly byte[]? _paletteAlpha;
    private readonly ushort[]? _transparentColor;

    /// <summary>Prepares for a picture.</summary>
    /// <param name="header">The picture's header.</param>
    /// <param name="palette">PLTE's bytes; needed with a palette, ignored otherwise.</param>
    /// <param name="transparency">tRNS's bytes; null where there is none.</param>
    /// <remarks>Colours of tRNS are kept as stored: they are compared before samples are spread.</remarks>
    public PngUnpacker(PngHeader header, byte[]? palette, byte[]? transparency)
    {
        _header = header;
        if (header.ColorType == PngColorType.Palette)
        {
            _palette = palette;
            _paletteAlpha = transparency;
        }
        else if (transparency is not null && header.ColorType is PngColorType.Gray or PngColorType.Rgb)
        {
            _transparentColor = new ushort[header.SamplesPerPixel];
            for (int c = 0; c < _transparentColor.Length; c++)
                _transparentColor[c] = (ushort)(BinaryPrimitives.ReadUInt16BigEndian(transparency.AsSpan(2 * c)) & ((1 << header.BitDepth) - 1));
        }
        int colors = header.ColorType == PngColorType.Palette ? 3 : header.SamplesPerPixel;
        Channels = colors + (_paletteAlpha is not null || _transparentColor is not null ? 1 : 0);
    }

    /// <summary>Samples a pixel after unpacking.</summary>
    public int Channels { get; }

    /// <summary>Unpacks a row of at most 8 bits a sample.</summary>
    /// <param name="row">The restored bytes.</param>
    /// <param name="samples">Takes <see cref="Channels"/> samples a pixel, for as many pixels as it is long.</param>
    /// <returns>False where an index lies outside the palette.</returns>
    public bool Unpack(ReadOnlySpan<byte> row, Span<byte> samples)
    {
        if (_palette is not null) return LookUp(row, samples);
        int depth = _header.BitDepth, stored = _header.SamplesPerPixel;
        if (_transparentColor is null)
        {
            if (depth == 8) row[..samples.Length].CopyTo(samples);
            else for (int i = 0; i < samples.Length; i++) samples[i] = Spread(Bits(row, i, depth), depth);
            return true;
        }
        for (int i = 0, to = 0; to < samples.Length; i++, to += Channels)
        {
            bool transparent = true;
            for (int c = 0; c < stored; c++)
            {
                int value = Bits(row, i * stored + c, depth);
                transparent &= value == _transparentColor[c];
                samples[to + c] = Spread(value, depth);
            }
            samples[to + stored] = (byte)(transparent ? 0 : 255);
        }
        return true;
    }

    /// <summary>Unpacks a row of 16 bits a sample.</summary>
    /// <param name="row">The restored bytes.</param>
    /// <param name="samples">Takes <see cref="Channels"/> samples a pixel, for as many pixels as it is long.</param>
    public void Unpack(ReadOnlySpan<byte> row, Span<ushort> samples)
    {
        int stored = _header.SamplesPerPixel;
        for (int from = 0, to = 0; to < samples.Length; to += Channels)
        {
            bool transparent = _transparentColor is not null;
            for (int c = 0; c < stored; c++, from += 2)
            {
                ushort value = BinaryPrimitives.ReadUInt16BigEndian(row[from..]);
                transparent = transparent && value == _transparentColor![c];
                samples[to + c] = value;
            }
            if (_transparentColor is not null) samples[to + stored] = (ushort)(transparent ? 0 : 65535);
        }
    }

    private bool LookUp(ReadOnlySpan<byte> row, Span<byte> samples)
    {
        for (int i = 0, to = 0; to < samples.Length; i++, to += Channels)
        {
            int index = Bits(row, i, _header.BitDepth);
            if (3 * index >= _palette!.Length) return false;
            _palette.AsSpan(3 * index, 3).CopyTo(samples[to..]);
            // tRNS may be shorter than the palette; the rest is opaque.
            if (_paletteAlpha is not null) samples[to + 3] = index < _paletteAlpha.Length ? _paletteAlpha[index] : (byte)255;
        }
        return true;
    }

    /// <summary>Sample i of a row; the leftmost is in a byte's highest bits.</summary>
    private static int Bits(ReadOnlySpan<byte> row, int i, int depth)
    {
        if (depth == 8) return row[i];
        int bit = i * depth;
        return row[bit >> 3] >> (8 - depth - (bit & 7)) & ((1 << depth) - 1);
    }

    /// <summary>To 0..255: 255 is a multiple of the largest value of every depth.</summary>
    private static byte Spread(int value, int depth) => (byte)(value * (255 / ((1 << depth) - 1)));
}
