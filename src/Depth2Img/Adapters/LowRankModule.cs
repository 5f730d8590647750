namespace Depth2Img.Adapters;

/// <summary>LoRA: up [out, r] by down [r, in] or [r, in, kh, kw]; with a core [r, r, kh, kw] between them it is LoCon's convolution.</summary>
internal sealed class LowRankModule : AdapterModule
{
    private readonly int _kernel;

    private LowRankModule(AdapterNetwork network, AdapterFactors factors, int rank, int kernel) : base(network, factors)
    {
        Rank = rank;
        _kernel = kernel;
    }

    public override AdapterKind Kind => HasCore ? AdapterKind.LoCon : AdapterKind.LoRA;

    public override int? Rank { get; }

    public override string Description => $"{Factors.Describe(AdapterFactor.Up)} by {Factors.Describe(AdapterFactor.Down)}";

    private bool HasCore => Factors.Has(AdapterFactor.Mid);

    /// <summary>Checks the factors against each other.</summary>
    /// <exception cref="Depth2ImgException">One is missing or they do not fit.</exception>
    public static LowRankModule Read(AdapterNetwork network, AdapterFactors factors, Func<int, float> scale)
    {
        int[] up = factors.Dimensions(AdapterFactor.Up, 2, 4);
        int[] down = factors.Dimensions(AdapterFactor.Down, 2, 4);
        int rank = down[0];
        if (up[1] != rank || up is [_, _, not 1, _] or [_, _, _, not 1])
            throw new Depth2ImgException($"'{factors.File}': {factors.Describe(AdapterFactor.Up)} and {factors.Describe(AdapterFactor.Down)} do not fit each other.");
        int[] dimensions = [up[0], .. down[1..]];
        int kernel = 1;
        if (factors.Has(AdapterFactor.Mid))
        {
            int[] core = factors.Dimensions(AdapterFactor.Mid, 4);
            if (core[0] != rank || core[1] != rank || down is [_, _, not 1, _] or [_, _, _, not 1])
                throw new Depth2ImgException($"'{factors.File}': {factors.Describe(AdapterFactor.Mid)} and {factors.Describe(AdapterFactor.Down)} do not fit each other.");
            kernel = core[2] * core[3];
            factors.RequireSize(AdapterFactor.Mid, (long)rank * down[1] * kernel);
            dimensions = [up[0], down[1], core[2], core[3]];
        }
        return new LowRankModule(network, factors, rank, kernel) { Dimensions = dimensions, Scale = scale(rank) };
    }

    public override void AddTo(float[] weight, int stride, float strength)
    {
        int rank = Rank!.Value, columns = (int)Columns;
        float[] up = Factors.Values(AdapterFactor.Up), down = Factors.Values(AdapterFactor.Down);
        if (HasCore) down = FactorMath.CoreByInput(Factors.Values(AdapterFactor.Mid), down, rank, Dimensions[1], _kernel);
        float scale = strength * Scale;
        for (int i = 0; i < up.Length; i++) up[i] *= scale;
        FactorMath.ForEachPiece(Rows, columns, (row, first, count) =>
            FactorMath.AddProduct(up.AsSpan(row * rank, rank), down, columns, first, weight.AsSpan(row * stride + first, count)));
    }
}
