namespace Depth2Img.Compute.Cpu.Vectors;

/// <summary>
/// The arithmetic of one vector width, so that a kernel's formula is written once and compiled for each. The members
/// are one or a few instructions; implementations are empty structs, which the JIT specialises and inlines.
/// </summary>
/// <typeparam name="TVector">The values: a vector type of floats, or a single float.</typeparam>
internal unsafe interface IVectorWidth<TVector>
    where TVector : unmanaged
{
    /// <summary>How many floats a vector has.</summary>
    static abstract int Count { get; }

    /// <summary>The value in every lane.</summary>
    static abstract TVector Create(float value);

    /// <summary>Reads from any address.</summary>
    static abstract TVector Load(float* source);

    /// <summary>Writes to any address.</summary>
    static abstract void Store(TVector x, float* target);

    /// <summary>a + b.</summary>
    static abstract TVector Add(TVector a, TVector b);

    /// <summary>a - b.</summary>
    static abstract TVector Subtract(TVector a, TVector b);

    /// <summary>a b.</summary>
    static abstract TVector Multiply(TVector a, TVector b);

    /// <summary>a / b.</summary>
    static abstract TVector Divide(TVector a, TVector b);

    /// <summary>a b + c, rounded once where the processor can.</summary>
    static abstract TVector MultiplyAdd(TVector a, TVector b, TVector c);

    /// <summary>The larger value; NaN if one is.</summary>
    static abstract TVector Max(TVector a, TVector b);

    /// <summary>a where it is larger, else b: b, too, where either is NaN. One instruction, unlike <see cref="Max"/>.</summary>
    static abstract TVector Larger(TVector a, TVector b);

    /// <summary>|x|.</summary>
    static abstract TVector Abs(TVector x);

    /// <summary>The magnitude of one value with the sign of another.</summary>
    static abstract TVector CopySign(TVector magnitude, TVector sign);

    /// <summary>Where a is less than b one value, elsewhere, and where either is NaN, another.</summary>
    static abstract TVector IfLess(TVector a, TVector b, TVector then, TVector otherwise);

    /// <summary>The nearest whole number, ties to even.</summary>
    static abstract TVector Round(TVector x);

    /// <summary>The largest whole number that is not above x.</summary>
    static abstract TVector Floor(TVector x);

    /// <summary>x 2ⁿ, rounded once, for whole n of -250 to 250; any value where n is NaN and x is not.</summary>
    static abstract TVector Scale(TVector x, TVector n);

    /// <summary>x 2ⁿ for whole n of -126 to 0, and 0 where n is -127; any value where n is NaN and x is not. Less work than <see cref="Scale"/>.</summary>
    static abstract TVector ScaleDown(TVector x, TVector n);

    /// <summary>The largest lane; none may be NaN.</summary>
    static abstract float Largest(TVector x);

    /// <summary>The sum of the lanes.</summary>
    static abstract float Sum(TVector x);
}
