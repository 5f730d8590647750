using System.CommandLine;
using Depth2Img.Depth;
using Depth2Img.Depth.Views;

namespace Depth2Img.Cli;

/// <summary>The options of what <c>depth</c> writes, and the writing.</summary>
internal sealed class DepthViewOptions
{
    private readonly Option<ColorMap?> _colormap = CommonOptions.ColorMap();
    private readonly Option<string> _bits = CommonOptions.Choice("--bits", "Bits of a grayscale PNG.", "16", "8", "16");
    private readonly Option<double?> _fieldOfView = CommonOptions.Number("--fov", "The angle that the picture's longer side was seen under, in degrees (.ply, .glb). Default: 55.", "DEGREES");
    private readonly Option<double?> _near = CommonOptions.Number("--near", "The distance of the nearest point in metres (.ply, .glb). Default: 1.", "M");
    private readonly Option<double?> _far = CommonOptions.Number("--far", "The distance of the farthest point in metres (.ply, .glb). Default: 4.", "M");
    private readonly Option<int?> _detail = CommonOptions.Whole("--detail", "The most points on the longer side (.ply, .glb). Default: 640.", "N");
    private readonly Option<double?> _edgeCut = CommonOptions.Number("--edge-cut", "Cut the mesh where a neighbour is farther by more than this part of its distance. Default: 0.1.", "F");
    private readonly Option<double?> _eyeDistance = CommonOptions.Number("--eye-distance", "How much more the nearest point moves between the eyes than the farthest, in percent of the width, 0 to 20 (stereo, anaglyph, parallax). Default: 3.", "PERCENT");
    private readonly Option<double?> _screenDepth = CommonOptions.Number("--screen-depth", "What lies in the screen's plane: 0 is the farthest point, 1 the nearest. Default: 0.5.", "F");
    private readonly Option<int?> _edgeRadius = CommonOptions.Whole("--edge-radius", "How far slopes at things' borders reach, in pixels, to be made steps in all but maps; 0 leaves them. Default: a hundredth of the longer side.", "N");
    private readonly Option<int?> _frames = CommonOptions.Whole("--frames", "Frames of the animation. Default: 24.", "N");
    private readonly Option<int?> _frameTime = CommonOptions.Whole("--frame-time", "How long a frame is shown, in milliseconds. Default: 60.", "MS");
    private readonly Option<int?> _animationSize = CommonOptions.Whole("--animation-size", "The animation's longer side in pixels. Default: 480.", "N");

    /// <summary>Gives a command the options.</summary>
    public void AddTo(Command command)
    {
        foreach (Option option in (Option[])[_colormap, _bits, _fieldOfView, _near, _far, _detail, _edgeCut, _eyeDistance, _screenDepth, _edgeRadius, _frames, _frameTime, _animationSize])
            command.Add(option);
    }

    /// <summary>Reads and checks the options.</summary>
    /// <exception cref="Depth2ImgException">A value is out of its range.</exception>
    public DepthViewSettings Read(ParseResult arguments, bool overwrite)
    {
        DepthCamera camera = new();
        camera = camera with
        {
            FieldOfView = arguments.GetValue(_fieldOfView) ?? camera.FieldOfView,
            Near = arguments.GetValue(_near) ?? camera.Near,
            Far = arguments.GetValue(_far) ?? camera.Far,
        };
        camera.Validate();
        int? edgeRadius = arguments.GetValue(_edgeRadius);
        if (edgeRadius is < 0 or > 1000) throw new Depth2ImgException($"An edge radius of {edgeRadius} pixels is not usable; it must be 0 to 1000.");
        GeometryOptions geometry = new();
        StereoOptions stereo = new();
        ParallaxOptions parallax = new();
        stereo = stereo with
        {
            EyeDistance = arguments.GetValue(_eyeDistance) is { } percent ? percent / 100 : stereo.EyeDistance,
            ScreenDepth = arguments.GetValue(_screenDepth) ?? stereo.ScreenDepth,
            EdgeRadius = edgeRadius,
        };
        return new DepthViewSettings(
            new DepthSaveOptions { Bits = arguments.GetValue(_bits) == "8" ? 8 : 16, Colors = arguments.GetValue(_colormap), Overwrite = overwrite },
            geometry with { Camera = camera, Detail = arguments.GetValue(_detail) ?? geometry.Detail, EdgeCut = arguments.GetValue(_edgeCut) ?? geometry.EdgeCut, EdgeRadius = edgeRadius, Overwrite = overwrite },
            stereo,
            parallax with
            {
                View = stereo,
                Frames = arguments.GetValue(_frames) ?? parallax.Frames,
                FrameMilliseconds = arguments.GetValue(_frameTime) ?? parallax.FrameMilliseconds,
                MaxSide = arguments.GetValue(_animationSize) ?? parallax.MaxSide,
                Overwrite = overwrite,
            });
    }
}
