using Depth2Img.Depth;

namespace Depth2Img.Inpainting;

/// <summary>Depth maps that are changed inside a mask.</summary>
internal static class InpaintDepthMaps
{
    // Estimators blur an object's edge and masks are cut close to it: what is this near to the mask (a part of the map's
    // longer side) is as likely the object's depth as its surroundings'.
    private const int RimOfLongerSide = 64;
    private const int MostRim = 100;

    /// <summary>Carries the surroundings' depth through the mask.</summary>
    /// <param name="depth">The map, at any size of the picture's aspect.</param>
    /// <param name="mask">The mask, unsoftened, at the picture's size.</param>
    public static DepthMap Continue(DepthMap depth, InpaintMask mask)
    {
        bool[] hole = Array.ConvertAll(mask.ResizeTo(depth.Width, depth.Height).Values, value => value > 0);
        bool[] wide = Widen(hole, depth.Width, depth.Height, Math.Clamp(Math.Max(depth.Width, depth.Height) / RimOfLongerSide, 1, MostRim));
        // A mask that leaves next to nothing may leave no surroundings beyond its rim.
        if (Array.IndexOf(wide, false) >= 0) hole = wide;
        return new DepthMap(depth.Width, depth.Height, HarmonicFill.Apply(depth.Values, depth.Width, depth.Height, hole));
    }

    /// <summary>Puts another shape inside the mask, its own range scaled to the map's.</summary>
    /// <param name="depth">The map, at any size of the picture's aspect.</param>
    /// <param name="shape">The shape, likewise.</param>
    /// <param name="mask">The softened mask at the picture's size.</param>
    public static DepthMap Reshape(DepthMap depth, DepthMap shape, InpaintMask mask)
    {
        (float far, float near) = depth.Range;
        // Flat surroundings have no range to scale to: they lie in the middle of the shape's.
        if (far == near) (far, near) = (far - 0.5f, near + 0.5f);
        float[] weights = mask.ResizeTo(depth.Width, depth.Height).Values;
        float[] inside = shape.ResizeSmooth(depth.Width, depth.Height).Normalise01().Values;
        float[] values = new float[depth.Values.Length];
        for (int i = 0; i < values.Length; i++)
        {
            float target = far + inside[i] * (near - far);
            values[i] = weights[i] == 1 ? target : depth.Values[i] + weights[i] * (target - depth.Values[i]);
        }
        return new DepthMap(depth.Width, depth.Height, values);
    }

    /// <summary>Grows holes by so many pixels in every direction, by squares.</summary>
    private static bool[] Widen(bool[] hole, int width, int height, int radius)
    {
        float[] soft = BoxBlur.Apply(Array.ConvertAll(hole, h => h ? 1f : 0f), width, height, radius, times: 1);
        return Array.ConvertAll(soft, value => value > 0);
    }
}
