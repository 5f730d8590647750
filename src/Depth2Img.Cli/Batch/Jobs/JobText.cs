using System.Text;

namespace Depth2Img.Cli.Batch.Jobs;

/// <summary>The text of a job file: UTF-8, with or without a byte order mark, with any kind of line break.</summary>
/// <param name="Text">The text. What is no UTF-8 in it is replaced.</param>
/// <param name="DamagedLines">The numbers, from 1, of the lines that are not UTF-8.</param>
internal sealed record JobText(string Text, IReadOnlySet<int> DamagedLines)
{
    private const int MaxBytes = 256 << 20;
    private static readonly UTF8Encoding Strict = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    /// <summary>Reads a file.</summary>
    /// <exception cref="Depth2ImgException">It cannot be read, is too large, or is in another encoding altogether.</exception>
    public static JobText Read(string path)
    {
        try
        {
            if (new FileInfo(path).Length > MaxBytes) throw new Depth2ImgException($"'{path}' is larger than {MaxBytes >> 20} MiB, which no list of jobs needs.");
            return Decode(File.ReadAllBytes(path), path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new Depth2ImgException($"'{path}' cannot be read: {e.Message}", e);
        }
    }

    /// <summary>Decodes a file's contents.</summary>
    /// <param name="bytes">The contents.</param>
    /// <param name="name">What to call the file in messages.</param>
    /// <exception cref="Depth2ImgException">They are UTF-16 or UTF-32.</exception>
    public static JobText Decode(ReadOnlySpan<byte> bytes, string name)
    {
        if (bytes.StartsWith((byte[])[0xFF, 0xFE]) || bytes.StartsWith((byte[])[0xFE, 0xFF]))
            throw new Depth2ImgException($"'{name}' is UTF-16; save it as UTF-8.");
        if (bytes.StartsWith((byte[])[0xEF, 0xBB, 0xBF])) bytes = bytes[3..];
        StringBuilder text = new(bytes.Length);
        HashSet<int> damaged = [];
        for (int line = 1; bytes.Length > 0; line++)
        {
            int end = EndOfLine(bytes);
            try
            {
                text.Append(Strict.GetString(bytes[..end]));
            }
            catch (DecoderFallbackException)
            {
                damaged.Add(line);
                text.Append(Encoding.UTF8.GetString(bytes[..end]));
            }
            bytes = bytes[end..];
        }
        return new JobText(text.ToString(), damaged);
    }

    /// <summary>How many line breaks a part of a text has; CR and LF together are one.</summary>
    public static int CountBreaks(ReadOnlySpan<char> text)
    {
        int count = 0;
        for (int i = 0; i < text.Length; i++)
        {
            if (text[i] == '\n' || (text[i] == '\r' && (i + 1 == text.Length || text[i + 1] != '\n'))) count++;
        }
        return count;
    }

    private static int EndOfLine(ReadOnlySpan<byte> bytes)
    {
        int end = bytes.IndexOfAny((byte)'\r', (byte)'\n');
        if (end < 0) return bytes.Length;
        return bytes[end] == '\r' && end + 1 < bytes.Length && bytes[end + 1] == '\n' ? end + 2 : end + 1;
    }
}
