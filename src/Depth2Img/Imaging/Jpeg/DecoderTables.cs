using System.Buffers.Binary;

namespace Depth2Img.Imaging.Jpeg;

/// <summary>The tables in force at some place of a file; segments between scans may replace them.</summary>
internal sealed class DecoderTables(string name)
{
    private readonly HuffmanTable?[] _dc = new HuffmanTable?[4];
    private readonly HuffmanTable?[] _ac = new HuffmanTable?[4];

    public QuantizationTable?[] Quantization { get; } = new QuantizationTable?[4];

    /// <summary>MCUs from one restart marker to the next; 0 when there are none.</summary>
    public int RestartInterval { get; private set; }

    /// <summary>Reads a DQT, DHT or DRI segment.</summary>
    /// <returns>False when the segment is none of them.</returns>
    public bool TryRead(byte marker, ReadOnlySpan<byte> segment)
    {
        switch (marker)
        {
            case JpegMarker.QuantizationTables:
                QuantizationTable.ReadSegment(segment, Quantization, name);
                return true;
            case JpegMarker.HuffmanTables:
                HuffmanTable.ReadSegment(segment, _dc, _ac, name);
                return true;
            case JpegMarker.RestartInterval:
                if (segment.Length != 2) throw JpegErrors.Broken(name, $"its restart interval has {segment.Length} bytes, not 2");
                RestartInterval = BinaryPrimitives.ReadUInt16BigEndian(segment);
                return true;
            default:
                return false;
        }
    }

    public HuffmanTable Dc(int slot) => _dc[slot] ?? throw JpegErrors.Broken(name, $"the Huffman table DC {slot} is missing");

    public HuffmanTable Ac(int slot) => _ac[slot] ?? throw JpegErrors.Broken(name, $"the Huffman table AC {slot} is missing");
}
