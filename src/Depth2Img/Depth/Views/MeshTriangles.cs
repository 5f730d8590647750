namespace Depth2Img.Depth.Views;

/// <summary>The triangles between the points of a grid, and the points that they use.</summary>
internal sealed class MeshTriangles
{
    private MeshTriangles(float[] positions, float[] textureCoordinates, uint[] indices)
    {
        Positions = positions;
        TextureCoordinates = textureCoordinates;
        Indices = indices;
    }

    /// <summary>X, Y, Z of each vertex.</summary>
    public float[] Positions { get; }

    /// <summary>Each vertex's place in the picture, 0 to 1 from the upper left.</summary>
    public float[] TextureCoordinates { get; }

    /// <summary>Three vertices a triangle, counter-clockwise as the camera sees them.</summary>
    public uint[] Indices { get; }

    /// <summary>Joins neighbours, where no corner of their quad is farther than the nearest by more than a part of its distance.</summary>
    public static MeshTriangles Of(DepthGrid grid, double edgeCut)
    {
        List<uint> corners = [];
        for (int y = 0; y + 1 < grid.Height; y++)
        {
            for (int x = 0; x + 1 < grid.Width; x++)
            {
                int a = y * grid.Width + x, b = a + 1, c = a + grid.Width, d = c + 1;
                float za = grid.Distance(a), zb = grid.Distance(b), zc = grid.Distance(c), zd = grid.Distance(d);
                float nearest = Math.Min(Math.Min(za, zb), Math.Min(zc, zd)), farthest = Math.Max(Math.Max(za, zb), Math.Max(zc, zd));
                if (farthest > nearest * (1 + edgeCut)) continue;
                // The fold runs along the diagonal that bends less.
                ReadOnlySpan<int> quad = Math.Abs(za - zd) < Math.Abs(zb - zc) ? [a, c, d, a, d, b] : [a, c, b, b, c, d];
                foreach (int corner in quad) corners.Add((uint)corner);
            }
        }
        return Compact(grid, [.. corners]);
    }

    /// <summary>Leaves out the points that no triangle uses.</summary>
    private static MeshTriangles Compact(DepthGrid grid, uint[] indices)
    {
        const uint unused = uint.MaxValue;
        uint[] vertexOf = new uint[grid.Width * grid.Height];
        Array.Fill(vertexOf, unused);
        foreach (uint index in indices) vertexOf[index] = 0;
        uint count = 0;
        for (int i = 0; i < vertexOf.Length; i++)
        {
            if (vertexOf[i] != unused) vertexOf[i] = count++;
        }
        float[] positions = new float[3 * count], coordinates = new float[2 * count];
        for (int i = 0; i < vertexOf.Length; i++)
        {
            if (vertexOf[i] == unused) continue;
            grid.Positions.AsSpan(3 * i, 3).CopyTo(positions.AsSpan(3 * (int)vertexOf[i]));
            coordinates[2 * vertexOf[i]] = (i % grid.Width + 0.5f) / grid.Width;
            coordinates[2 * vertexOf[i] + 1] = (i / grid.Width + 0.5f) / grid.Height;
        }
        for (int i = 0; i < indices.Length; i++) indices[i] = vertexOf[indices[i]];
        return new MeshTriangles(positions, coordinates, indices);
    }
}
