using Depth2Img.Cli.Output;
using Depth2Img.IO;

namespace Depth2Img.Cli;

/// <summary>One file that <c>depth</c> writes: where, and what it shows.</summary>
/// <param name="Path">The file.</param>
/// <param name="View">What it shows.</param>
internal sealed record DepthOutput(string Path, DepthView View)
{
    private static readonly string[] _pictures = [".png", ".jpg", ".jpeg"];

    /// <summary>The views' names, as they follow a picture's name.</summary>
    public static readonly string[] PictureViews = ["map", "stereo", "anaglyph", "parallax"];

    /// <summary>Reads FILE or FILE:VIEW and makes sure that the file can be written.</summary>
    /// <param name="text">What was given.</param>
    /// <param name="view">What pictures show that do not say.</param>
    /// <param name="force">Whether an existing file may be replaced.</param>
    /// <exception cref="Depth2ImgException">There is no such view, the file is of another format than its view, or it cannot be written.</exception>
    public static DepthOutput Prepare(string text, string view, bool force)
    {
        int colon = text.LastIndexOf(':');
        // A colon may be part of a path: only one behind an extension is followed by a view.
        bool named = colon > 0 && System.IO.Path.HasExtension(text[..colon]) && text.AsSpan(colon).IndexOfAny('/', '\\') < 0;
        string path = named ? text[..colon] : text, asked = named ? text[(colon + 1)..] : view;
        string extension = System.IO.Path.GetExtension(path).ToLowerInvariant();
        DepthView shown = extension switch
        {
            ".npy" or ".pfm" => DepthView.Map,
            ".ply" => DepthView.Points,
            ".glb" => DepthView.Mesh,
            ".apng" => DepthView.Parallax,
            _ => ViewNamed(asked, text),
        };
        if (named && !_pictures.Contains(extension))
            throw new OutputException($"'{text}' asks for the view '{asked}' of a {extension} file; {string.Join(", ", _pictures)} can show one.");
        OutputFiles.Prepare(path, force, shown switch
        {
            DepthView.Map => [".png", ".npy", ".pfm"],
            DepthView.Points => [".ply"],
            DepthView.Mesh => [".glb"],
            DepthView.Parallax => [".png", ".apng"],
            _ => _pictures,
        });
        return new DepthOutput(path, shown);
    }

    private static DepthView ViewNamed(string name, string text)
    {
        int index = Array.IndexOf(PictureViews, name);
        return index >= 0
            ? Enum.Parse<DepthView>(name, ignoreCase: true)
            : throw new OutputException($"'{text}' asks for the view '{name}'; there are {string.Join(", ", PictureViews)}.");
    }
}
