namespace Depth2Img.Composition;

/// <summary>Which pixels of a picture are edges.</summary>
/// <param name="Width">Columns.</param>
/// <param name="Height">Rows.</param>
/// <param name="IsEdge">Width x Height values, row by row.</param>
internal sealed record EdgeMap(int Width, int Height, bool[] IsEdge)
{
    /// <summary>How many pixels are edges.</summary>
    public int Count => IsEdge.Count(edge => edge);

    /// <summary>Pixels within a distance of an edge: their middles are no farther apart.</summary>
    /// <param name="distance">Pixels.</param>
    public bool[] Near(double distance)
    {
        int reach = (int)distance;
        List<(int X, int Y)> disc = [];
        for (int y = -reach; y <= reach; y++)
        {
            for (int x = -reach; x <= reach; x++)
            {
                if (x * x + y * y <= distance * distance) disc.Add((x, y));
            }
        }
        bool[] near = new bool[IsEdge.Length];
        for (int y = 0, i = 0; y < Height; y++)
        {
            for (int x = 0; x < Width; x++, i++)
            {
                if (!IsEdge[i]) continue;
                foreach ((int dx, int dy) in disc)
                {
                    if ((uint)(x + dx) < (uint)Width && (uint)(y + dy) < (uint)Height) near[i + dy * Width + dx] = true;
                }
            }
        }
        return near;
    }
}
