using System.Buffers;

namespace Depth2Img.Server.Http;

/// <summary>Files in texts: base64 with or without a data URL's head, white space and padding, and in either alphabet.</summary>
internal static class Base64Files
{
    /// <summary>Decodes a file.</summary>
    /// <exception cref="FormatException">It is no base64, or an address; the message is a sentence.</exception>
    public static byte[] Decode(string text)
    {
        ReadOnlySpan<char> rest = text.AsSpan().Trim();
        if (rest.StartsWith("http:", StringComparison.OrdinalIgnoreCase) || rest.StartsWith("https:", StringComparison.OrdinalIgnoreCase))
            throw new FormatException("Addresses are never fetched; send the file's content in base64.");
        if (rest.StartsWith("data:", StringComparison.OrdinalIgnoreCase))
        {
            int comma = rest.IndexOf(',');
            if (comma < 0 || !rest[..comma].EndsWith(";base64", StringComparison.OrdinalIgnoreCase)) throw new FormatException("This data URL holds no base64; \"data:image/png;base64,\" and the file in base64 is expected.");
            rest = rest[(comma + 1)..];
        }
        char[] digits = ArrayPool<char>.Shared.Rent(rest.Length + 3);
        try
        {
            int count = 0;
            foreach (char c in rest)
            {
                if (char.IsWhiteSpace(c) || c == '=') continue;
                digits[count++] = c switch { '-' => '+', '_' => '/', _ => c };
            }
            if (count == 0) throw new FormatException("It is empty; a file in base64 is expected.");
            while (count % 4 != 0) digits[count++] = '=';
            return Convert.FromBase64CharArray(digits, 0, count);
        }
        catch (FormatException e) when (e.Message.Contains("Base-64", StringComparison.Ordinal))
        {
            throw new FormatException("This is no base64; a file's content in base64, bare or as a data URL, is expected.", e);
        }
        finally
        {
            ArrayPool<char>.Shared.Return(digits);
        }
    }
}
