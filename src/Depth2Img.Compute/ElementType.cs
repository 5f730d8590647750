namespace Depth2Img.Compute;

/// <summary>The element types that checkpoint files hold.</summary>
public enum ElementType
{
    /// <summary>IEEE single precision.</summary>
    Float32,
    /// <summary>IEEE half precision.</summary>
    Float16,
    /// <summary>The upper half of a single.</summary>
    BFloat16,
    /// <summary>IEEE double precision.</summary>
    Float64,
    /// <summary>Signed, 64 bits.</summary>
    Int64,
    /// <summary>Signed, 32 bits.</summary>
    Int32,
    /// <summary>Signed, 16 bits.</summary>
    Int16,
    /// <summary>Signed, 8 bits.</summary>
    Int8,
    /// <summary>Unsigned, 64 bits.</summary>
    UInt64,
    /// <summary>Unsigned, 32 bits.</summary>
    UInt32,
    /// <summary>Unsigned, 16 bits.</summary>
    UInt16,
    /// <summary>Unsigned, 8 bits.</summary>
    UInt8,
    /// <summary>One byte, 0 or 1.</summary>
    Bool,
}

/// <summary>Facts about element types.</summary>
public static class ElementTypes
{
    /// <summary>The size of one element in bytes.</summary>
    public static int SizeInBytes(this ElementType type) => type switch
    {
        ElementType.Float64 or ElementType.Int64 or ElementType.UInt64 => 8,
        ElementType.Float32 or ElementType.Int32 or ElementType.UInt32 => 4,
        ElementType.Float16 or ElementType.BFloat16 or ElementType.Int16 or ElementType.UInt16 => 2,
        ElementType.Int8 or ElementType.UInt8 or ElementType.Bool => 1,
        _ => throw new ArgumentOutOfRangeException(nameof(type), type, "No such element type."),
    };

    /// <summary>Whether the type is one of the floating-point ones, which network weights must be.</summary>
    public static bool IsFloat(this ElementType type) =>
        type is ElementType.Float32 or ElementType.Float16 or ElementType.BFloat16 or ElementType.Float64;
}
