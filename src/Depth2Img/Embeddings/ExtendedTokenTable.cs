using Depth2Img.Compute;
using Depth2Img.Compute.Checkpoints;

namespace Depth2Img.Embeddings;

/// <summary>A text encoder's weights whose table of tokens has further rows at its end.</summary>
/// <param name="source">The text encoder's own weights.</param>
/// <param name="rows">The rows' values, one row after the other.</param>
internal sealed class ExtendedTokenTable(IWeightSource source, float[] rows) : IWeightSource
{
    private const string TableKey = "embeddings.token_embedding.weight";

    /// <inheritdoc/>
    public string Description => source.Description;

    /// <inheritdoc/>
    public IReadOnlyCollection<string> Names => source.Names;

    /// <inheritdoc/>
    public bool Contains(string name) => source.Contains(name);

    /// <inheritdoc/>
    public WeightTensor this[string name] =>
        name.EndsWith(TableKey, StringComparison.Ordinal) && source[name] is { Dimensions: [_, > 0] } table ? Extend(table) : source[name];

    private WeightTensor Extend(WeightTensor table)
    {
        int width = table.Dimensions[1], added = rows.Length / width;
        if (table.Type is not (ElementType.Float16 or ElementType.BFloat16))
        {
            float[] values = new float[table.Count + rows.Length];
            table.CopyTo(0, values.AsSpan(0, table.Count));
            rows.CopyTo(values, table.Count);
            return WeightTensor.FromFloats(table.Name, [table.Dimensions[0] + added, width], values);
        }
        byte[] data = GC.AllocateUninitializedArray<byte>(table.Data.Length + rows.Length * table.Type.SizeInBytes());
        table.Data.CopyTo(data);
        Span<byte> end = data.AsSpan(table.Data.Length);
        if (table.Type == ElementType.Float16) HalfConversion.NarrowFloat16(rows, end);
        else HalfConversion.NarrowBFloat16(rows, end);
        return new WeightTensor(table.Name, table.Type, [table.Dimensions[0] + added, width], data);
    }
}
