namespace Depth2Img.Imaging.Png;

/// <summary>A decoded PNG.</summary>
/// <param name="Header">Its header.</param>
/// <param name="Samples">Its pixels as stored.</param>
/// <param name="Orientation">EXIF's orientation, 1 to 8; 1 where there is none.</param>
/// <param name="Profile">Its colours' profile, or null.</param>
/// <param name="Text">Its texts by keyword; of several with one keyword, the last.</param>
internal sealed record PngImage(PngHeader Header, PixelSamples Samples, int Orientation, IccProfile? Profile, IReadOnlyDictionary<string, string> Text);
