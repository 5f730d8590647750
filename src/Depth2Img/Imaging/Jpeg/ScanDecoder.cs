namespace Depth2Img.Imaging.Jpeg;

/// <summary>
/// The way through a scan that all coding processes share: MCU by MCU, restart interval by restart interval. What a block
/// is made of, the derived classes know.
/// </summary>
internal abstract class ScanDecoder(FrameHeader frame, ComponentDecoder[] components, string name)
{
    // A marker this many intervals ahead is believed; one further off is rather an old or a false one.
    private const int BelievedRestartsAhead = 3;

    private int _mcusWide;
    private int _mcuCount;
    private int _lost;

    /// <summary>The components of the scan, in its order.</summary>
    protected ComponentDecoder[] Components { get; } = components;

    /// <summary>The file, for messages.</summary>
    protected string Name { get; } = name;

    /// <summary>Forgets what carries over from block to block, as is due at the start and after each restart marker.</summary>
    protected virtual void Restart()
    {
        foreach (ComponentDecoder component in Components) component.DcPrediction = 0;
    }

    /// <summary>Decodes one block.</summary>
    /// <param name="reader">Where the bits come from; zeros when they run out, which the caller notices.</param>
    /// <param name="index">The component's place in <see cref="Components"/>.</param>
    /// <param name="blockX">The block's column in its component.</param>
    /// <param name="blockY">The block's row in its component.</param>
    /// <returns>False when the bits mean nothing.</returns>
    protected abstract bool DecodeBlock(ref BitReader reader, int index, int blockX, int blockY);

    /// <summary>Decodes a whole scan.</summary>
    /// <param name="data">The file.</param>
    /// <param name="position">Where the scan's bits begin; then, where they end.</param>
    /// <param name="restartInterval">MCUs between restart markers; 0 when there are none.</param>
    /// <returns>The share of the scan, 0 to 1, that was damaged and passed over.</returns>
    /// <exception cref="Depth2ImgException">The data end early, or too much of them is damaged.</exception>
    public double Decode(ReadOnlySpan<byte> data, ref int position, int restartInterval)
    {
        bool interleaved = Components.Length > 1;
        _mcusWide = interleaved ? frame.McusWide : Components[0].BlocksWide;
        _mcuCount = checked(_mcusWide * (interleaved ? frame.McusHigh : Components[0].BlocksHigh));
        _lost = 0;
        int interval = restartInterval == 0 ? _mcuCount : restartInterval;
        for (int mcu = 0; mcu < _mcuCount;)
        {
            Restart();
            int end = (int)Math.Min(_mcuCount, (long)mcu + interval);
            BitReader reader = new(data, position);
            int reached = DecodeMcus(ref reader, mcu, end);
            position = reader.Position;
            if (reached == end && end == _mcuCount) break;
            if (restartInterval == 0 && !reader.Overran) throw Damaged(reached);
            int next = FindRestart(data, ref position, mcu / interval, reached) * interval;
            _lost += Math.Min(next, _mcuCount) - reached;
            mcu = next;
        }
        if (_lost > _mcuCount / 10)
            throw JpegErrors.Broken(Name, $"{_lost} of a scan's {_mcuCount} MCUs are damaged");
        return (double)_lost / _mcuCount;
    }

    /// <summary>Decodes the MCUs from one to before another.</summary>
    /// <returns>The first that could not be decoded, or the end.</returns>
    private int DecodeMcus(ref BitReader reader, int begin, int end)
    {
        int y = begin / _mcusWide, x = begin % _mcusWide;
        for (int mcu = begin; mcu < end; mcu++)
        {
            bool decoded = Components.Length > 1 ? DecodeMcu(ref reader, x, y) : DecodeBlock(ref reader, 0, x, y);
            if (!decoded || reader.Overran) return mcu;
            if (++x == _mcusWide)
            {
                x = 0;
                y++;
            }
        }
        return end;
    }

    private bool DecodeMcu(ref BitReader reader, int x, int y)
    {
        for (int index = 0; index < Components.Length; index++)
        {
            FrameComponent component = Components[index].Component;
            for (int v = 0; v < component.VerticalSampling; v++)
            {
                for (int h = 0; h < component.HorizontalSampling; h++)
                {
                    if (!DecodeBlock(ref reader, index, (x * component.HorizontalSampling) + h, (y * component.VerticalSampling) + v)) return false;
                }
            }
        }
        return true;
    }

    /// <summary>
    /// Finds the restart marker behind an interval, or, where data or markers were lost, a later one to go on from: markers
    /// count 0 to 7 round and round, so the number tells how many intervals are missing.
    /// </summary>
    /// <returns>The number of the interval that begins behind the marker.</returns>
    private int FindRestart(ReadOnlySpan<byte> data, ref int position, int interval, int reached)
    {
        int at = position;
        while (at + 1 < data.Length)
        {
            int found = data[at..].IndexOf((byte)0xFF);
            if (found < 0) break;
            at += found + 1;
            if (at == data.Length || data[at] is 0 or 0xFF) continue;
            byte marker = data[at++];
            // Those below the frames are reserved: damage, not a marker.
            if (marker < JpegMarker.BaselineFrame) continue;
            if (!JpegMarker.IsRestart(marker)) throw EndsEarly(reached, $"where the marker FF {marker:X2} stands");
            int ahead = (marker - JpegMarker.Restart0 - interval) & 7;
            if (ahead > BelievedRestartsAhead) continue;
            position = at;
            return interval + 1 + ahead;
        }
        throw EndsEarly(reached, "where the file ends");
    }

    private Depth2ImgException Damaged(int mcu) => JpegErrors.Broken(
        Name, $"a scan of {_mcuCount / _mcusWide} MCU rows is damaged in row {mcu / _mcusWide + 1}");

    private Depth2ImgException EndsEarly(int mcu, string where) => JpegErrors.CutShort(
        Name, $"a scan of {_mcuCount / _mcusWide} MCU rows ends in row {mcu / _mcusWide + 1}, {where}");
}
