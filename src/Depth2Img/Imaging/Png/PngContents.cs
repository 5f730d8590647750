namespace Depth2Img.Imaging.Png;

/// <summary>
/// What a PNG's chunks hold, gathered and checked in one walk before any pixel is decoded. Ancillary chunks that do not
/// bear on the pixels' values here (gamma, animation) are passed over.
/// </summary>
internal sealed class PngContents
{
    private readonly string _name;
    private readonly ImageLimits _limits;
    private readonly Dictionary<string, string> _text = [];
    private readonly List<PngChunk> _imageData = [];
    private int _textBytes;

    private PngContents(string name, ImageLimits limits)
    {
        _name = name;
        _limits = limits;
    }

    public PngHeader Header { get; private set; }

    /// <summary>The IDAT chunks, in order; at least one.</summary>
    public IReadOnlyList<PngChunk> ImageData => _imageData;

    public byte[]? Palette { get; private set; }

    public byte[]? Transparency { get; private set; }

    public int Orientation { get; private set; } = 1;

    /// <summary>The colours' profile; null where there is none that can be used.</summary>
    public IccProfile? Profile { get; private set; }

    public IReadOnlyDictionary<string, string> Text => _text;

    /// <summary>Reads the header alone.</summary>
    public static PngHeader ReadHeader(PngChunkReader reader, string name, ImageLimits limits)
    {
        PngChunk first = reader.Next();
        if (first.Type != "IHDR") throw PngError.Corrupt(name, first, "IHDR must be the first chunk");
        return PngHeader.Parse(first, name, limits);
    }

    /// <summary>Reads all chunks up to IEND. What follows that is no part of the picture.</summary>
    /// <exception cref="Depth2ImgException">The file is cut short, damaged, or no PNG by the standard.</exception>
    public static PngContents Read(ReadOnlyMemory<byte> data, string name, ImageLimits limits)
    {
        PngChunkReader reader = new(data, name);
        PngContents contents = new(name, limits) { Header = ReadHeader(reader, name, limits) };
        PngChunk chunk = reader.Next();
        for (string previous = "IHDR"; chunk.Type != "IEND"; chunk = reader.Next())
        {
            contents.Add(chunk, previous);
            previous = chunk.Type;
        }
        if (contents._imageData.Count == 0) throw PngError.Corrupt(name, chunk, "the file ends without image data (IDAT)");
        if (contents.Header.ColorType == PngColorType.Palette && contents.Palette is null)
            throw PngError.Corrupt(name, contents._imageData[0], "the picture has a palette's indices and no palette (PLTE)");
        return contents;
    }

    private void Add(PngChunk chunk, string previous)
    {
        switch (chunk.Type)
        {
            case "IDAT":
                if (_imageData.Count > 0 && previous != "IDAT") throw PngError.Corrupt(_name, chunk, $"{previous} came between it and the IDAT before");
                _imageData.Add(chunk);
                break;
            case "PLTE":
                AddPalette(chunk);
                break;
            case "tRNS":
                AddTransparency(chunk);
                break;
            case "eXIf":
                Orientation = ExifOrientation.Read(chunk.Data.Span);
                break;
            case "iCCP":
                Profile ??= PngProfile.Read(chunk);
                break;
            case "tEXt" or "zTXt" or "iTXt":
                if (PngText.Read(chunk, _limits.MaxTextBytes - _textBytes) is var (keyword, text, bytes))
                {
                    _text[keyword] = text;
                    _textBytes += bytes;
                }
                break;
            case "IHDR":
                throw PngError.Corrupt(_name, chunk, "there is a second header");
            default:
                if (!chunk.IsAncillary)
                    throw PngError.Corrupt(_name, chunk, "the picture cannot be shown without understanding this chunk, which the standard does not have");
                break;
        }
    }

    private void AddPalette(PngChunk chunk)
    {
        // In other colour types it is a suggestion for displays of few colours.
        if (Header.ColorType != PngColorType.Palette) return;
        if (Palette is not null) throw PngError.Corrupt(_name, chunk, "there is a second palette");
        if (_imageData.Count > 0) throw PngError.Corrupt(_name, chunk, "the palette must come before the image data");
        if (chunk.Data.Length is 0 or > 768 || chunk.Data.Length % 3 != 0)
            throw PngError.Corrupt(_name, chunk, $"{chunk.Data.Length} bytes are no palette of 1 to 256 colours");
        Palette = chunk.Data.ToArray();
    }

    private void AddTransparency(PngChunk chunk)
    {
        // Pictures with alpha need none; the standard forbids it and readers ignore it.
        if (Header.ColorType is PngColorType.GrayAlpha or PngColorType.Rgba) return;
        if (_imageData.Count > 0) throw PngError.Corrupt(_name, chunk, "transparency must come before the image data");
        int length = chunk.Data.Length;
        bool fits = Header.ColorType == PngColorType.Palette
            ? Palette is not null && length >= 1 && length <= Palette.Length / 3
            : length == 2 * Header.SamplesPerPixel;
        if (!fits) throw PngError.Corrupt(_name, chunk, $"{length} bytes do not fit the picture's colours");
        Transparency = chunk.Data.ToArray();
    }
}
