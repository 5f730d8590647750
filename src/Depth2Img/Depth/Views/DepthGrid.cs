using Depth2Img.Imaging;

namespace Depth2Img.Depth.Views;

/// <summary>The points of a depth map in space, on a grid that is no finer than the options ask for.</summary>
internal sealed class DepthGrid
{
    private DepthGrid(int width, int height)
    {
        Width = width;
        Height = height;
        Positions = new float[checked(3 * width * height)];
    }

    /// <summary>Points a row.</summary>
    public int Width { get; }

    /// <summary>Rows of points, from the picture's top.</summary>
    public int Height { get; }

    /// <summary>X, Y, Z of each point.</summary>
    public float[] Positions { get; }

    /// <summary>The point's distance along the camera's axis.</summary>
    public float Distance(int index) => -Positions[3 * index + 2];

    /// <summary>Puts the points into space.</summary>
    /// <param name="picture">The picture.</param>
    /// <param name="depth">Its depth, of its size.</param>
    /// <param name="options">The camera and the grid's size.</param>
    /// <exception cref="ArgumentException">The sizes differ.</exception>
    /// <exception cref="Depth2ImgException">The camera's distances do not fit each other.</exception>
    public static DepthGrid Make(Image picture, DepthMap depth, GeometryOptions options)
    {
        ViewInput.RequireSameSize(picture, depth);
        options.Camera.Validate();
        int longer = Math.Max(depth.Width, depth.Height), points = Math.Min(longer, options.Detail);
        DepthGrid grid = new(Math.Max(1, (int)((long)depth.Width * points / longer)), Math.Max(1, (int)((long)depth.Height * points / longer)));
        float[] near = ViewInput.SharpNormalised(grid.Sample(depth), options.EdgeRadius);
        double focal = options.Camera.FocalLength(depth.Width, depth.Height);
        for (int y = 0, i = 0; y < grid.Height; y++)
        {
            double down = (y + 0.5) * depth.Height / grid.Height - depth.Height / 2.0;
            for (int x = 0; x < grid.Width; x++, i++)
            {
                double right = (x + 0.5) * depth.Width / grid.Width - depth.Width / 2.0;
                double z = options.Camera.DistanceOf(near[i]);
                grid.Positions[3 * i] = (float)(right / focal * z);
                grid.Positions[3 * i + 1] = (float)(-down / focal * z);
                grid.Positions[3 * i + 2] = (float)-z;
            }
        }
        return grid;
    }

    /// <summary>The map's value under each point. Means would put points between a thing and what is behind it, where nothing is.</summary>
    private DepthMap Sample(DepthMap depth)
    {
        if ((Width, Height) == (depth.Width, depth.Height)) return depth;
        float[] values = new float[Width * Height];
        for (int y = 0, i = 0; y < Height; y++)
        {
            int row = (int)((2 * y + 1L) * depth.Height / (2 * Height)) * depth.Width;
            for (int x = 0; x < Width; x++, i++) values[i] = depth.Values[row + (int)((2 * x + 1L) * depth.Width / (2 * Width))];
        }
        return new DepthMap(Width, Height, values);
    }
}
