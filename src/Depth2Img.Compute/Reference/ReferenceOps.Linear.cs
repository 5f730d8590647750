namespace Depth2Img.Compute.Reference;

internal sealed partial class ReferenceOps
{
    public Tensor Linear(Tensor x, LinearWeight weight, Activation activation = default, Tensor? residual = null)
    {
        Begin();
        float[] source = ValuesOf(x);
        float[]? added = residual is null ? null : ValuesOf(residual);
        ReferenceLinearWeight w = OwnMatrix(weight);
        ReferenceTensor result = NewTensor(OpShapes.Linear(x.Shape, w.InFeatures, w.OutFeatures, residual?.Shape));
        float[] target = result.Values;
        ForRows(Rows(x.Shape), row =>
        {
            for (int o = 0; o < w.OutFeatures; o++)
            {
                double value = ReferenceMath.Activate(Product(source, row, w, o), activation);
                int index = row * w.OutFeatures + o;
                target[index] = (float)(added is null ? value : value + added[index]);
            }
        });
        return result;
    }

    public Tensor LinearGeglu(Tensor x, LinearWeight weight)
    {
        Begin();
        float[] source = ValuesOf(x);
        ReferenceLinearWeight w = OwnMatrix(weight);
        ReferenceTensor result = NewTensor(OpShapes.LinearGeglu(x.Shape, w.InFeatures, w.OutFeatures));
        float[] target = result.Values;
        int half = w.OutFeatures / 2;
        ForRows(Rows(x.Shape), row =>
        {
            for (int o = 0; o < half; o++)
                target[row * half + o] = (float)(Product(source, row, w, o) * ReferenceMath.Gelu(Product(source, row, w, half + o)));
        });
        return result;
    }

    /// <summary>One element of x Wᵀ + bias.</summary>
    private static double Product(float[] x, int row, ReferenceLinearWeight weight, int column)
    {
        ReadOnlySpan<float> a = x.AsSpan(row * weight.InFeatures, weight.InFeatures);
        ReadOnlySpan<float> b = weight.Values.AsSpan(column * weight.InFeatures, weight.InFeatures);
        double sum = weight.Bias?[column] ?? 0;
        for (int i = 0; i < a.Length; i++) sum += (double)a[i] * b[i];
        return sum;
    }

    private static ReferenceLinearWeight OwnMatrix(LinearWeight weight)
    {
        ArgumentNullException.ThrowIfNull(weight);
        return weight as ReferenceLinearWeight ?? throw Foreign(weight);
    }
}
