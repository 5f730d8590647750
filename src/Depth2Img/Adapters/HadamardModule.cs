namespace Depth2Img.Adapters;

/// <summary>
/// LoHa: (w1_a · w1_b) ∘ (w2_a · w2_b). With cores t1 and t2 [r, r, kh, kw] each half is a convolution's kernel, and the
/// factors a are [r, out], b [r, in].
/// </summary>
internal sealed class HadamardModule : AdapterModule
{
    private readonly int _kernel;

    private HadamardModule(AdapterNetwork network, AdapterFactors factors, int rank, int kernel) : base(network, factors)
    {
        Rank = rank;
        _kernel = kernel;
    }

    public override AdapterKind Kind => AdapterKind.LoHa;

    public override int? Rank { get; }

    public override string Description => $"{Factors.Describe(AdapterFactor.HadaW1A)} by {Factors.Describe(AdapterFactor.HadaW1B)}";

    private bool HasCores => Factors.Has(AdapterFactor.HadaT1);

    /// <summary>Checks the factors against each other.</summary>
    /// <exception cref="Depth2ImgException">One is missing or they do not fit.</exception>
    public static HadamardModule Read(AdapterNetwork network, AdapterFactors factors, Func<int, float> scale)
    {
        bool cores = factors.Has(AdapterFactor.HadaT1) || factors.Has(AdapterFactor.HadaT2);
        (int[] first, int rank, int kernel) = ReadHalf(factors, AdapterFactor.HadaW1A, AdapterFactor.HadaW1B, cores ? AdapterFactor.HadaT1 : null);
        (int[] second, int secondRank, _) = ReadHalf(factors, AdapterFactor.HadaW2A, AdapterFactor.HadaW2B, cores ? AdapterFactor.HadaT2 : null);
        if (!first.SequenceEqual(second) || rank != secondRank)
            throw new Depth2ImgException($"'{factors.File}': the halves of '{factors.Module}' do not fit each other: [{string.Join(',', first)}] of rank {rank} and [{string.Join(',', second)}] of rank {secondRank}.");
        return new HadamardModule(network, factors, rank, kernel) { Dimensions = first, Scale = scale(rank) };
    }

    public override void AddTo(float[] weight, int stride, float strength)
    {
        int rank = Rank!.Value, columns = (int)Columns;
        var (left1, right1) = Half(AdapterFactor.HadaW1A, AdapterFactor.HadaW1B, AdapterFactor.HadaT1);
        var (left2, right2) = Half(AdapterFactor.HadaW2A, AdapterFactor.HadaW2B, AdapterFactor.HadaT2);
        float scale = strength * Scale;
        FactorMath.ForEachPiece(Rows, columns, (row, first, count) =>
        {
            Span<float> half1 = stackalloc float[count], half2 = stackalloc float[count];
            half1.Clear();
            half2.Clear();
            FactorMath.AddProduct(left1.AsSpan(row * rank, rank), right1, columns, first, half1);
            FactorMath.AddProduct(left2.AsSpan(row * rank, rank), right2, columns, first, half2);
            FactorMath.AddScaledProduct(scale, half1, half2, weight.AsSpan(row * stride + first, count));
        });
    }

    private static (int[] Dimensions, int Rank, int Kernel) ReadHalf(AdapterFactors factors, AdapterFactor a, AdapterFactor b, AdapterFactor? core)
    {
        int[] left = factors.Dimensions(a, 2), right = factors.Dimensions(b, 2);
        int rank = right[0];
        if (core is null)
        {
            if (left[1] != rank) throw Unfit(factors, a, b);
            return ([left[0], right[1]], rank, 1);
        }
        int[] kernel = factors.Dimensions(core.Value, 4);
        if (left[0] != kernel[0] || rank != kernel[1] || kernel[0] != kernel[1]) throw Unfit(factors, a, core.Value);
        factors.RequireSize(core.Value, (long)rank * right[1] * kernel[2] * kernel[3]);
        return ([left[1], right[1], kernel[2], kernel[3]], rank, kernel[2] * kernel[3]);
    }

    private static Depth2ImgException Unfit(AdapterFactors factors, AdapterFactor first, AdapterFactor second) =>
        new($"'{factors.File}': {factors.Describe(first)} and {factors.Describe(second)} do not fit each other.");

    /// <summary>A half as a product of [out, r] and [r, in·kh·kw].</summary>
    private (float[] Left, float[] Right) Half(AdapterFactor a, AdapterFactor b, AdapterFactor core)
    {
        int rank = Rank!.Value;
        float[] left = Factors.Values(a), right = Factors.Values(b);
        return HasCores
            ? (FactorMath.Transpose(left, rank, Rows), FactorMath.CoreByInput(Factors.Values(core), right, rank, Dimensions[1], _kernel))
            : (left, right);
    }
}
