using System.Text;
using Depth2Img.Imaging.Png;

namespace Depth2Img.Server.Api.Sdapi;

/// <summary>Changes the texts in a PNG without touching its pixels.</summary>
internal static class PngTexts
{
    /// <summary>Puts a text into a PNG in place of one of the same keyword.</summary>
    /// <param name="png">The file.</param>
    /// <param name="keyword">What the text is called.</param>
    /// <param name="text">The text.</param>
    /// <exception cref="Depth2ImgException">The file is damaged.</exception>
    public static byte[] Replace(byte[] png, string keyword, string text)
    {
        using MemoryStream stream = new(png.Length + text.Length + 256);
        PngChunkWriter writer = new(stream);
        PngChunkReader reader = new(png, "the picture");
        PngChunk chunk;
        do
        {
            chunk = reader.Next();
            if (PngText.IsText(chunk.Type) && PngText.Read(chunk, int.MaxValue) is { } read && read.Keyword == keyword) continue;
            writer.Write(Encoding.ASCII.GetBytes(chunk.Type), chunk.Data.Span);
            // Right behind the header, where readers that stop at the pixels find it.
            if (chunk.Type == "IHDR") PngText.Write(writer, keyword, text);
        }
        while (chunk.Type != "IEND");
        return stream.ToArray();
    }
}
