namespace Depth2Img.Adapters;

/// <summary>
/// LoKr: the Kronecker product of w1 [a, b] and w2 [c, d] or [c, d, kh, kw], either of which may be a product of two
/// factors of low rank, and w2 may have a core t2 [r, r, kh, kw] between them.
/// </summary>
internal sealed class KroneckerModule : AdapterModule
{
    private readonly (int Rows, int Columns) _first;
    private readonly (int Rows, int Columns) _second;
    private readonly int _kernel;

    private KroneckerModule(AdapterNetwork network, AdapterFactors factors, int? rank, (int Rows, int Columns) first, (int Rows, int Columns) second, int kernel) : base(network, factors)
    {
        Rank = rank;
        _first = first;
        _second = second;
        _kernel = kernel;
    }

    public override AdapterKind Kind => AdapterKind.LoKr;

    public override int? Rank { get; }

    public override string Description => $"the Kronecker product [{_first.Rows},{_first.Columns}] by [{_second.Rows},{_second.Columns}] of '{Name}'";

    /// <summary>Checks the factors against each other.</summary>
    /// <param name="network">See <see cref="AdapterModule.Network"/>.</param>
    /// <param name="factors">The tensors.</param>
    /// <param name="scale">Alpha through rank, where there is a rank.</param>
    /// <param name="wholeScale">The scale where neither matrix is factored.</param>
    /// <exception cref="Depth2ImgException">One is missing or they do not fit.</exception>
    public static KroneckerModule Read(AdapterNetwork network, AdapterFactors factors, Func<int, float> scale, float wholeScale)
    {
        int? rank = null;
        (int Rows, int Columns) first;
        if (factors.Has(AdapterFactor.LokrW1))
        {
            first = factors.Matrix(AdapterFactor.LokrW1);
        }
        else
        {
            int[] a = factors.Dimensions(AdapterFactor.LokrW1A, 2), b = factors.Dimensions(AdapterFactor.LokrW1B, 2);
            if (a[1] != b[0]) throw Unfit(factors, AdapterFactor.LokrW1A, AdapterFactor.LokrW1B);
            first = (a[0], b[1]);
            rank = b[0];
        }

        int[] second; // [c, d] or [c, d, kh, kw]
        if (factors.Has(AdapterFactor.LokrW2))
        {
            second = factors.Dimensions(AdapterFactor.LokrW2, 2, 4);
        }
        else
        {
            int[] a = factors.Dimensions(AdapterFactor.LokrW2A, 2), b = factors.Dimensions(AdapterFactor.LokrW2B, 2, 4);
            rank = b[0];
            if (factors.Has(AdapterFactor.LokrT2))
            {
                int[] core = factors.Dimensions(AdapterFactor.LokrT2, 4);
                if (a[0] != core[0] || b[0] != core[1] || core[0] != core[1]) throw Unfit(factors, AdapterFactor.LokrW2A, AdapterFactor.LokrT2);
                factors.RequireSize(AdapterFactor.LokrT2, (long)core[0] * b[1] * core[2] * core[3]);
                second = [a[1], b[1], core[2], core[3]];
            }
            else
            {
                if (a[1] != b[0]) throw Unfit(factors, AdapterFactor.LokrW2A, AdapterFactor.LokrW2B);
                second = [a[0], .. b[1..]];
            }
        }
        int kernel = second.Length == 4 ? second[2] * second[3] : 1;
        factors.RequireSize(factors.Has(AdapterFactor.LokrW1) ? AdapterFactor.LokrW1 : AdapterFactor.LokrW1A,
            Math.Max((long)first.Rows * second[0], (long)first.Columns * second[1] * kernel));
        int[] dimensions = [first.Rows * second[0], first.Columns * second[1], .. second[2..]];
        return new KroneckerModule(network, factors, rank, first, (second[0], second[1] * kernel), kernel)
        {
            Dimensions = dimensions,
            Scale = rank is int r ? scale(r) : wholeScale,
        };
    }

    public override void AddTo(float[] weight, int stride, float strength)
    {
        float[] w1 = Factors.Has(AdapterFactor.LokrW1) ? Factors.Values(AdapterFactor.LokrW1) : Product(AdapterFactor.LokrW1A, AdapterFactor.LokrW1B);
        float[] w2 = Second();
        float scale = strength * Scale;
        Parallel.For(0, Rows, row =>
        {
            (int upper, int lower) = Math.DivRem(row, _second.Rows);
            ReadOnlySpan<float> values = w2.AsSpan(lower * _second.Columns, _second.Columns);
            for (int column = 0; column < _first.Columns; column++)
                FactorMath.AddScaled(scale * w1[upper * _first.Columns + column], values, weight.AsSpan(row * stride + column * _second.Columns, _second.Columns));
        });
    }

    private float[] Second()
    {
        if (Factors.Has(AdapterFactor.LokrW2)) return Factors.Values(AdapterFactor.LokrW2);
        if (!Factors.Has(AdapterFactor.LokrT2)) return Product(AdapterFactor.LokrW2A, AdapterFactor.LokrW2B);
        (int rank, int inputs) = Factors.Matrix(AdapterFactor.LokrW2B);
        float[] left = FactorMath.Transpose(Factors.Values(AdapterFactor.LokrW2A), rank, _second.Rows);
        return FactorMath.Multiply(left, FactorMath.CoreByInput(Factors.Values(AdapterFactor.LokrT2), Factors.Values(AdapterFactor.LokrW2B), rank, inputs, _kernel), rank);
    }

    private float[] Product(AdapterFactor a, AdapterFactor b) => FactorMath.Multiply(Factors.Values(a), Factors.Values(b), Factors.Matrix(b).Rows);

    private static Depth2ImgException Unfit(AdapterFactors factors, AdapterFactor first, AdapterFactor second) =>
        new($"'{factors.File}': {factors.Describe(first)} and {factors.Describe(second)} do not fit each other.");
}
