namespace Depth2Img.Benchmarking.Reports;

/// <summary>A part of a Markdown file that is generated: what stands between two comments, each on a line of its own.</summary>
/// <param name="name">The part's name.</param>
public sealed class MarkdownSection(string name)
{
    private readonly string _begin = $"<!-- {name}: generated -->";
    private readonly string _end = $"<!-- {name}: end -->";

    /// <summary>What stands there, without the comments.</summary>
    /// <param name="document">The file's text.</param>
    /// <param name="file">Its name, for the error.</param>
    /// <exception cref="Depth2ImgException">The comments are missing.</exception>
    public string Read(string document, string file)
    {
        (int start, int end) = Find(document, file);
        return document[start..end];
    }

    /// <summary>The document with other text there.</summary>
    /// <inheritdoc cref="Read"/>
    public string Replace(string document, string text, string file)
    {
        (int start, int end) = Find(document, file);
        return document[..start] + text + document[end..];
    }

    private (int Start, int End) Find(string document, string file)
    {
        ArgumentNullException.ThrowIfNull(document);
        int begin = document.IndexOf(_begin + "\n", StringComparison.Ordinal);
        int end = begin < 0 ? -1 : document.IndexOf("\n" + _end, begin, StringComparison.Ordinal);
        if (end < 0) throw new Depth2ImgException($"'{file}' has no lines '{_begin}' and '{_end}', between which the generated text belongs.");
        // An empty part has the two comments on lines that follow each other.
        return (begin + _begin.Length + 1, end + 1);
    }
}
