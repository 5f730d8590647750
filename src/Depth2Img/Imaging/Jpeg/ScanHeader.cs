namespace Depth2Img.Imaging.Jpeg;

/// <summary>A component that takes part in a scan: which of the frame's it is, and the Huffman tables it is coded with.</summary>
internal readonly record struct ScanComponent(int Index, int DcSlot, int AcSlot);

/// <summary>The scan header (SOS): which components and, in progressive files, which coefficients and bits follow.</summary>
/// <param name="Components">The components, interleaved when there are several.</param>
/// <param name="SpectralStart">First coefficient in zigzag order.</param>
/// <param name="SpectralEnd">Last coefficient.</param>
/// <param name="ApproximationHigh">The bit position that earlier scans have reached; 0 for a first scan.</param>
/// <param name="ApproximationLow">The bit position that this scan reaches.</param>
internal sealed record ScanHeader(
    ScanComponent[] Components, int SpectralStart, int SpectralEnd, int ApproximationHigh, int ApproximationLow)
{
    /// <summary>Reads an SOS segment.</summary>
    /// <exception cref="Depth2ImgException">It does not fit the frame.</exception>
    public static ScanHeader Read(ReadOnlySpan<byte> segment, FrameHeader frame, string name)
    {
        int count = segment.IsEmpty ? 0 : segment[0];
        if (count is < 1 or > 4 || segment.Length != 4 + 2 * count)
            throw JpegErrors.Broken(name, $"a scan header has {segment.Length} bytes and {count} components");
        ScanComponent[] components = new ScanComponent[count];
        for (int i = 0; i < count; i++)
        {
            byte id = segment[1 + 2 * i], slots = segment[2 + 2 * i];
            int index = Array.FindIndex(frame.Components, c => c.Id == id);
            if (index < 0) throw JpegErrors.Broken(name, $"a scan names the component {id}, which the frame does not have");
            if (Array.Exists(components[..i], c => c.Index == index)) throw JpegErrors.Broken(name, $"a scan names the component {id} twice");
            if (slots >> 4 > 3 || (slots & 15) > 3) throw JpegErrors.Broken(name, "a scan names a Huffman table above 3");
            components[i] = new ScanComponent(index, slots >> 4, slots & 15);
        }
        byte approximation = segment[^1];
        // Sequential scans always hold everything. Some writers leave these fields at zero, so they are not looked at.
        if (!frame.IsProgressive) return new ScanHeader(components, 0, 63, 0, 0);

        ScanHeader scan = new(components, segment[^3], segment[^2], approximation >> 4, approximation & 15);
        scan.CheckProgression(name);
        return scan;
    }

    private void CheckProgression(string name)
    {
        bool spectrumFits = SpectralStart == 0
            ? SpectralEnd == 0
            : SpectralEnd >= SpectralStart && SpectralEnd <= 63 && Components.Length == 1;
        bool approximationFits = ApproximationLow <= 13 && (ApproximationHigh == 0 || ApproximationHigh == ApproximationLow + 1);
        if (spectrumFits && approximationFits) return;
        throw JpegErrors.Broken(name,
            $"a progressive scan of {Components.Length} components has the coefficients {SpectralStart} to {SpectralEnd} and the bits {ApproximationHigh} to {ApproximationLow}");
    }
}
