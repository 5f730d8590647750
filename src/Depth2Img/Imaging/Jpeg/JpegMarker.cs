namespace Depth2Img.Imaging.Jpeg;

/// <summary>The second byte of the markers of ITU-T T.81, table B.1, that this codec speaks of.</summary>
internal static class JpegMarker
{
    public const byte BaselineFrame = 0xC0;
    public const byte ExtendedFrame = 0xC1;
    public const byte ProgressiveFrame = 0xC2;
    public const byte HuffmanTables = 0xC4;
    public const byte ArithmeticConditioning = 0xCC;
    public const byte Restart0 = 0xD0;
    public const byte Restart7 = 0xD7;
    public const byte StartOfImage = 0xD8;
    public const byte EndOfImage = 0xD9;
    public const byte StartOfScan = 0xDA;
    public const byte QuantizationTables = 0xDB;
    public const byte RestartInterval = 0xDD;
    public const byte App0 = 0xE0;
    public const byte App1 = 0xE1;
    public const byte App2 = 0xE2;
    public const byte App14 = 0xEE;
    public const byte Comment = 0xFE;

    /// <summary>TEM, the one marker below the frames that stands alone.</summary>
    public const byte Temporary = 0x01;

    public static bool IsRestart(byte marker) => marker is >= Restart0 and <= Restart7;

    /// <summary>Whether a frame header (SOF0..SOF15) follows; C4, C8 and CC lie among them and are none.</summary>
    public static bool IsFrame(byte marker) => marker is >= 0xC0 and <= 0xCF and not HuffmanTables and not 0xC8 and not ArithmeticConditioning;

    /// <summary>Whether the marker has neither length nor content.</summary>
    public static bool StandsAlone(byte marker) => IsRestart(marker) || marker is StartOfImage or EndOfImage or Temporary;

    /// <summary>What the coding process of a frame is called, for messages.</summary>
    public static string ProcessOf(byte frame) => frame switch
    {
        BaselineFrame => "baseline",
        ExtendedFrame => "extended sequential",
        ProgressiveFrame => "progressive",
        0xC3 => "lossless",
        0xC5 or 0xC6 => "hierarchical (differential)",
        0xC7 => "hierarchical lossless",
        0xCB => "lossless with arithmetic coding",
        0xCD or 0xCE => "hierarchical with arithmetic coding",
        0xCF => "hierarchical lossless with arithmetic coding",
        _ => "arithmetic-coded",
    };
}
