using System.Text;

namespace Depth2Img.Imaging.Png;

/// <summary>PNG's text chunks: tEXt (Latin-1), zTXt (the same, compressed) and iTXt (UTF-8, compressed or not).</summary>
internal static class PngText
{
    private const int MaxKeywordLength = 79;

    private static readonly UTF8Encoding _strictUtf8 = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    /// <summary>Whether a chunk is one of the three.</summary>
    public static bool IsText(string type) => type is "tEXt" or "zTXt" or "iTXt";

    /// <summary>
    /// Reads a text. Texts are an extra: one that is malformed, or larger than what is left of the limit, is left out
    /// and the picture is read all the same.
    /// </summary>
    /// <param name="chunk">A text chunk.</param>
    /// <param name="maxBytes">The most bytes that the text may have, decompressed.</param>
    public static (string Keyword, string Text, int Bytes)? Read(PngChunk chunk, int maxBytes)
    {
        ReadOnlySpan<byte> data = chunk.Data.Span;
        int end = data.IndexOf((byte)0);
        if (end is < 1 or > MaxKeywordLength) return null;
        string keyword = Encoding.Latin1.GetString(data[..end]);
        ReadOnlyMemory<byte> rest = chunk.Data[(end + 1)..];
        byte[]? text = chunk.Type switch
        {
            "tEXt" => rest.Length <= maxBytes ? rest.ToArray() : null,
            "zTXt" => rest.Length > 0 && rest.Span[0] == 0 ? PngInflate.Whole(rest[1..], maxBytes) : null,
            _ => ReadInternational(rest, maxBytes),
        };
        if (text is null) return null;
        if (chunk.Type != "iTXt") return (keyword, Encoding.Latin1.GetString(text), text.Length);
        try
        {
            return (keyword, _strictUtf8.GetString(text), text.Length);
        }
        catch (DecoderFallbackException)
        {
            return null;
        }
    }

    /// <summary>Writes a text: as tEXt where Latin-1 has all its characters, else as iTXt. Zero characters, which neither can hold, are left out.</summary>
    /// <exception cref="ArgumentException">The keyword is not one that PNG allows.</exception>
    public static void Write(PngChunkWriter writer, string keyword, string text)
    {
        RequireKeyword(keyword);
        text = text.Replace("\0", "", StringComparison.Ordinal);
        if (text.All(IsLatin1))
        {
            writer.Write("tEXt"u8, [.. Encoding.Latin1.GetBytes(keyword), 0, .. Encoding.Latin1.GetBytes(text)]);
            return;
        }
        // Not compressed, no language, no translated keyword.
        writer.Write("iTXt"u8, [.. Encoding.Latin1.GetBytes(keyword), 0, 0, 0, 0, 0, .. Encoding.UTF8.GetBytes(text)]);
    }

    /// <summary>Checks a keyword: 1 to 79 printable Latin-1 characters, single spaces between words only.</summary>
    /// <exception cref="ArgumentException">It is another.</exception>
    public static void RequireKeyword(string keyword)
    {
        ArgumentNullException.ThrowIfNull(keyword);
        bool allowed = keyword.Length is >= 1 and <= MaxKeywordLength && keyword.All(c => c != '\n' && IsLatin1(c) && c != '\u00A0')
            && keyword[0] != ' ' && keyword[^1] != ' ' && !keyword.Contains("  ", StringComparison.Ordinal);
        if (!allowed)
            throw new ArgumentException($"'{keyword}' cannot name a text in a PNG: 1 to {MaxKeywordLength} printable Latin-1 characters with single spaces inside are right.", nameof(keyword));
    }

    private static bool IsLatin1(char c) => c is '\n' or (>= ' ' and <= '~') or (>= '\u00A0' and <= '\u00FF');

    private static byte[]? ReadInternational(ReadOnlyMemory<byte> data, int maxBytes)
    {
        if (data.Length < 4) return null;
        (byte compressed, byte method) = (data.Span[0], data.Span[1]);
        ReadOnlyMemory<byte> rest = data[2..];
        for (int skipped = 0; skipped < 2; skipped++) // language, translated keyword
        {
            int end = rest.Span.IndexOf((byte)0);
            if (end < 0) return null;
            rest = rest[(end + 1)..];
        }
        if (compressed == 0) return rest.Length <= maxBytes ? rest.ToArray() : null;
        return method == 0 ? PngInflate.Whole(rest, maxBytes) : null;
    }
}
