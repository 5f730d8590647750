namespace Depth2Img.Compute.Reference;

internal sealed partial class ReferenceOps
{
    public void Activate(Tensor x, Activation activation)
    {
        Begin();
        float[] values = ValuesOf(x);
        for (int i = 0; i < values.Length; i++) values[i] = (float)ReferenceMath.Activate(values[i], activation);
    }

    public void Scale(Tensor x, float factor)
    {
        Begin();
        float[] values = ValuesOf(x);
        for (int i = 0; i < values.Length; i++) values[i] *= factor;
    }

    public Tensor Add(Tensor a, Tensor b)
    {
        Begin();
        float[] left = ValuesOf(a), right = ValuesOf(b);
        ReferenceTensor result = NewTensor(OpShapes.Same("Add", a.Shape, b.Shape));
        for (int i = 0; i < left.Length; i++) result.Values[i] = left[i] + right[i];
        return result;
    }

    public void AddInPlace(Tensor x, Tensor y)
    {
        Begin();
        float[] values = ValuesOf(x), added = ValuesOf(y);
        OpShapes.Same("AddInPlace", x.Shape, y.Shape);
        for (int i = 0; i < values.Length; i++) values[i] += added[i];
    }

    public void AddChannelsInPlace(Tensor x, Tensor vector)
    {
        Begin();
        float[] values = ValuesOf(x), added = ValuesOf(vector);
        OpShapes.AddChannels(x.Shape, vector.Shape);
        int channels = x.Shape.Channels;
        if (values.Length == 0) return;
        int picture = values.Length / x.Shape[0];
        for (int i = 0; i < values.Length; i++) values[i] += added[i / picture * channels + i % channels];
    }

    public void AddTableInPlace(Tensor x, VectorWeight table)
    {
        Begin();
        float[] values = ValuesOf(x), added = ValuesOf(table);
        OpShapes.AddTable(x.Shape, added.Length);
        for (int i = 0; i < values.Length; i++) values[i] += added[i % added.Length];
    }
}
