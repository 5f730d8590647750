using System.Runtime.InteropServices;
using Depth2Img.Compute.Checkpoints;

namespace Depth2Img.Compute.Cpu.Weights;

/// <summary>A table in the checkpoint's own element type: few of its rows are ever read, so each is widened when it is.</summary>
internal sealed unsafe class CpuEmbeddingWeight : EmbeddingWeight
{
    private readonly AlignedBuffer _data;
    private readonly ElementType _type;

    private CpuEmbeddingWeight(int rows, int width, ElementType type, AlignedBuffer data) : base(rows, width)
    {
        _type = type;
        _data = data;
    }

    /// <summary>Copies a table [rows, width].</summary>
    public static CpuEmbeddingWeight Create(WeightTensor table)
    {
        (int rows, int width) = WeightShapes.Embedding(table);
        bool kept = table.Type is ElementType.Float32 or ElementType.Float16 or ElementType.BFloat16;
        ElementType type = kept ? table.Type : ElementType.Float32;
        AlignedBuffer data = new((long)table.Count * type.SizeInBytes());
        if (kept) table.Data.Span.CopyTo(new Span<byte>(data.Data, table.Data.Length));
        else table.CopyTo(0, new Span<float>(data.Data, table.Count));
        return new(rows, width, type, data);
    }

    /// <summary>Reads one row in single precision.</summary>
    /// <param name="row">Which.</param>
    /// <param name="target">As long as the table is wide.</param>
    public void CopyRow(int row, Span<float> target)
    {
        long rowBytes = (long)Width * _type.SizeInBytes();
        ReadOnlySpan<byte> source = new((byte*)_data.Data + row * rowBytes, (int)rowBytes);
        switch (_type)
        {
            case ElementType.Float16: HalfConversion.WidenFloat16(source, target); break;
            case ElementType.BFloat16: HalfConversion.WidenBFloat16(source, target); break;
            default: source.CopyTo(MemoryMarshal.AsBytes(target)); break;
        }
    }

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        _data.Dispose();
        base.Dispose(disposing);
    }
}
