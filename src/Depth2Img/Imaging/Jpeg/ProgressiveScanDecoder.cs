namespace Depth2Img.Imaging.Jpeg;

/// <summary>
/// Decodes scans of progressive files into coefficients: each scan brings a band of the spectrum down to some bit
/// (spectral selection) or one more bit of coefficients that are known down to the bit above it (successive
/// approximation). T.81, annex G.
/// </summary>
internal sealed class ProgressiveScanDecoder : ScanDecoder
{
    private readonly HuffmanTable?[] _tables;
    private readonly ScanHeader _scan;
    private readonly short _bit;

    // How many blocks from this one on have nothing (more) in the band.
    private int _endOfBandRun;

    /// <param name="frame">The frame.</param>
    /// <param name="components">The components of the scan.</param>
    /// <param name="tables">For each the table that the scan uses: of its DC or AC coefficients, or none for further bits of DC.</param>
    /// <param name="scan">The scan.</param>
    /// <param name="name">The file, for messages.</param>
    public ProgressiveScanDecoder(FrameHeader frame, ComponentDecoder[] components, HuffmanTable?[] tables, ScanHeader scan, string name)
        : base(frame, components, name)
    {
        _tables = tables;
        _scan = scan;
        _bit = (short)(1 << scan.ApproximationLow);
    }

    protected override void Restart()
    {
        base.Restart();
        _endOfBandRun = 0;
    }

    protected override bool DecodeBlock(ref BitReader reader, int index, int blockX, int blockY)
    {
        Span<short> block = Components[index].Coefficients(blockX, blockY);
        bool isFirst = _scan.ApproximationHigh == 0;
        if (_scan.SpectralStart > 0)
            return isFirst ? DecodeAcFirst(ref reader, _tables[0]!, block) : DecodeAcRefinement(ref reader, _tables[0]!, block);
        if (isFirst) return DecodeDcFirst(ref reader, index, block);
        if (reader.Bit()) block[0] |= _bit;
        return true;
    }

    private bool DecodeDcFirst(ref BitReader reader, int index, Span<short> block)
    {
        reader.Ready();
        int size = reader.Symbol(_tables[index]!);
        if (size < 0) return false;
        if (size > 0) Components[index].DcPrediction += reader.Extended(size);
        block[0] = (short)(Components[index].DcPrediction << _scan.ApproximationLow);
        return true;
    }

    private bool DecodeAcFirst(ref BitReader reader, HuffmanTable table, Span<short> block)
    {
        if (_endOfBandRun > 0)
        {
            _endOfBandRun--;
            return true;
        }
        for (int k = _scan.SpectralStart; k <= _scan.SpectralEnd; k++)
        {
            reader.Ready();
            int symbol = reader.Symbol(table);
            if (symbol < 0) return false;
            int run = symbol >> 4, size = symbol & 15;
            if (size == 0)
            {
                if (run < 15)
                {
                    _endOfBandRun = EndOfBandRun(ref reader, run) - 1;
                    break;
                }
                k += 15;
                continue;
            }
            k += run;
            if (k > _scan.SpectralEnd) return false;
            block[ZigZag.ToNatural[k]] = (short)(reader.Extended(size) << _scan.ApproximationLow);
        }
        return true;
    }

    /// <summary>
    /// One more bit of a band. Between the coefficients that become 1 or -1 in this scan, each of which has a symbol, lie
    /// those that are so already, with a correction bit each that says whether to add to their magnitude.
    /// </summary>
    private bool DecodeAcRefinement(ref BitReader reader, HuffmanTable table, Span<short> block)
    {
        int k = _scan.SpectralStart;
        while (_endOfBandRun == 0 && k <= _scan.SpectralEnd)
        {
            reader.Ready();
            int symbol = reader.Symbol(table);
            if (symbol < 0) return false;
            int zeros = symbol >> 4, size = symbol & 15;
            short value = 0;
            if (size == 1)
            {
                value = reader.Bits(1) != 0 ? _bit : (short)-_bit;
            }
            else if (size != 0)
            {
                return false;
            }
            else if (zeros < 15)
            {
                _endOfBandRun = EndOfBandRun(ref reader, zeros);
                break;
            }
            k = SkipZeros(ref reader, block, k, zeros);
            if (value != 0)
            {
                if (k > _scan.SpectralEnd) return false;
                block[ZigZag.ToNatural[k]] = value;
            }
            k++;
        }
        if (_endOfBandRun > 0)
        {
            SkipZeros(ref reader, block, k, 64);
            _endOfBandRun--;
        }
        return true;
    }

    /// <summary>Passes over a number of zero coefficients, correcting the others on the way.</summary>
    /// <returns>The first zero coefficient that was not passed over, or the end of the band.</returns>
    private int SkipZeros(ref BitReader reader, Span<short> block, int k, int zeros)
    {
        for (; k <= _scan.SpectralEnd; k++)
        {
            ref short coefficient = ref block[ZigZag.ToNatural[k]];
            if (coefficient == 0)
            {
                if (zeros-- == 0) break;
            }
            else if (reader.Bit())
            {
                coefficient += coefficient > 0 ? _bit : (short)-_bit;
            }
        }
        return k;
    }

    /// <summary>The length of a run of ended bands, this block's included: a power of two and as many bits more.</summary>
    private static int EndOfBandRun(ref BitReader reader, int power)
    {
        reader.Ready();
        return (1 << power) + reader.Bits(power);
    }
}
