namespace Depth2Img.Cli.Batch.Planning;

/// <summary>One combination of a sweep's values.</summary>
/// <param name="X">The value's index on the first axis; 0 where there is none.</param>
/// <param name="Y">That on the second.</param>
/// <param name="Z">That on the third.</param>
internal readonly record struct SweepCell(int X, int Y, int Z);

/// <summary>Up to three settings that every job is made with all combinations of.</summary>
internal sealed class Sweep
{
    private readonly SweepAxis?[] _axes;

    /// <summary>Makes a sweep.</summary>
    /// <exception cref="Depth2ImgException">Two axes are of one setting.</exception>
    public Sweep(SweepAxis? x, SweepAxis? y, SweepAxis? z)
    {
        _axes = [x, y, z];
        if (Axes.GroupBy(axis => axis.Setting).FirstOrDefault(group => group.Count() > 1) is { } twice)
            throw new Depth2ImgException($"Two axes sweep '{twice.Key}'.");
    }

    /// <summary>The axes that there are.</summary>
    public IEnumerable<SweepAxis> Axes => _axes.OfType<SweepAxis>();

    /// <summary>The columns of a sheet; null for none.</summary>
    public SweepAxis? X => _axes[0];

    /// <summary>The rows.</summary>
    public SweepAxis? Y => _axes[1];

    /// <summary>The sheets.</summary>
    public SweepAxis? Z => _axes[2];

    /// <summary>All combinations, the first axis fastest; one where there is no axis.</summary>
    public IEnumerable<SweepCell> Cells =>
        from z in Enumerable.Range(0, Z?.Values.Count ?? 1)
        from y in Enumerable.Range(0, Y?.Values.Count ?? 1)
        from x in Enumerable.Range(0, X?.Values.Count ?? 1)
        select new SweepCell(x, y, z);

    /// <summary>How many combinations there are.</summary>
    public int Count => Axes.Aggregate(1, (count, axis) => checked(count * axis.Values.Count));

    /// <summary>An axis's value index in a cell.</summary>
    public int IndexOf(SweepAxis axis, SweepCell cell) => axis == X ? cell.X : axis == Y ? cell.Y : cell.Z;
}
