using Depth2Img.Depth;
using Depth2Img.Depth.Views;
using Depth2Img.Imaging;

namespace Depth2Img.Cli;

/// <summary>How each kind of output is made.</summary>
internal sealed record DepthViewSettings(DepthSaveOptions Map, GeometryOptions Geometry, StereoOptions Stereo, ParallaxOptions Parallax)
{
    /// <summary>Writes one output.</summary>
    public void Save(DepthOutput output, Image picture, DepthMap depth)
    {
        switch (output.View)
        {
            case DepthView.Map:
                DepthMapFile.Save(output.Path, depth, Map);
                break;
            case DepthView.Points:
                PointCloud.Save(output.Path, picture, depth, Geometry);
                break;
            case DepthView.Mesh:
                DepthMesh.Save(output.Path, picture, depth, Geometry);
                break;
            case DepthView.Parallax:
                ParallaxAnimation.Save(output.Path, picture, depth, Parallax);
                break;
            default:
                StereoPair pair = StereoPair.Render(picture, depth, Stereo);
                ImageFile.Save(output.Path, output.View == DepthView.Stereo ? pair.SideBySide() : pair.Anaglyph(), new ImageSaveOptions { Overwrite = Map.Overwrite });
                break;
        }
    }
}
