namespace Depth2Img.Imaging.Jpeg;

/// <summary>Decodes scans of baseline and extended sequential files, whose blocks come whole, into samples.</summary>
internal sealed class SequentialScanDecoder : ScanDecoder
{
    private readonly (HuffmanTable Dc, HuffmanTable Ac)[] _tables;
    private readonly short[] _block = new short[64];

    /// <param name="frame">The frame.</param>
    /// <param name="components">The components of the scan.</param>
    /// <param name="tables">For each of them the tables of its DC and AC coefficients.</param>
    /// <param name="name">The file, for messages.</param>
    public SequentialScanDecoder(FrameHeader frame, ComponentDecoder[] components, (HuffmanTable Dc, HuffmanTable Ac)[] tables, string name)
        : base(frame, components, name) => _tables = tables;

    protected override bool DecodeBlock(ref BitReader reader, int index, int blockX, int blockY)
    {
        ComponentDecoder component = Components[index];
        Span<short> block = _block;
        block.Clear();
        reader.Ready();
        int size = reader.Symbol(_tables[index].Dc);
        if (size < 0) return false;
        if (size > 0) component.DcPrediction += reader.Extended(size);
        block[0] = (short)component.DcPrediction;

        HuffmanTable ac = _tables[index].Ac;
        ReadOnlySpan<byte> toNatural = ZigZag.ToNatural;
        for (int k = 1; k < 64; k++)
        {
            reader.Ready();
            int symbol = reader.Symbol(ac);
            if (symbol < 0) return false;
            int run = symbol >> 4;
            size = symbol & 15;
            if (size == 0)
            {
                if (run < 15) break;
                k += 15;
                continue;
            }
            k += run;
            if (k > 63) return false;
            block[toNatural[k]] = (short)reader.Extended(size);
        }
        component.Transform(block, blockX, blockY);
        return true;
    }
}
