namespace Depth2Img.Compute.Reference;

internal sealed partial class ReferenceOps
{
    public Tensor Conv2d(Tensor x, ConvWeight weight, Window window, Activation activation = default, Tensor? residual = null)
    {
        Begin();
        float[] source = ValuesOf(x);
        float[]? added = residual is null ? null : ValuesOf(residual);
        ReferenceConvWeight w = OwnFilters(weight);
        if (w.Kind == ReferenceConvKind.Transposed)
            throw new ArgumentException("Conv2d: the filters were made for ConvTranspose2d.");
        ReferenceTensor result = NewTensor(OpShapes.Conv2d(x.Shape, w, window, residual?.Shape));
        Shape outShape = result.Shape;
        float[] target = result.Values;
        int outputHeight = outShape[1], outputWidth = outShape[2];
        // [kh,kw,in/groups,out], so that the inner loop walks both the filters and the sums in order.
        float[] filters = OutputsLast(w);
        Shape inShape = x.Shape;
        ForRows(outShape[0] * outputHeight, row =>
        {
            double[] sums = new double[w.OutChannels];
            for (int column = 0; column < outputWidth; column++)
            {
                for (int o = 0; o < sums.Length; o++) sums[o] = w.Bias?[o] ?? 0;
                AddWindow(source, inShape, row / outputHeight, row % outputHeight * window.Stride - window.Top,
                    column * window.Stride - window.Left, w, filters, sums);
                int index = (row * outputWidth + column) * sums.Length;
                for (int o = 0; o < sums.Length; o++)
                {
                    double value = ReferenceMath.Activate(sums[o], activation);
                    target[index + o] = (float)(added is null ? value : value + added[index + o]);
                }
            }
        });
        return result;
    }

    public Tensor NormConv2d(Tensor x, in GroupNormalization norm, ConvWeight weight, Window window, Tensor? shift = null, Tensor? residual = null)
    {
        ArgumentNullException.ThrowIfNull(x);
        OpShapes.NormConv2d(x.Shape, norm, weight, window, shift?.Shape, residual?.Shape);
        return NormConvolution.Compose(this, x, norm, weight, window, shift, residual);
    }

    public Tensor ConvTranspose2d(Tensor x, ConvWeight weight)
    {
        Begin();
        float[] source = ValuesOf(x);
        ReferenceConvWeight w = OwnFilters(weight);
        if (w.Kind != ReferenceConvKind.Transposed)
            throw new ArgumentException("ConvTranspose2d: the filters were made for Conv2d.");
        ReferenceTensor result = NewTensor(OpShapes.ConvTranspose2d(x.Shape, w));
        float[] target = result.Values;
        int kernel = w.KernelHeight;
        int height = result.Shape[1], width = result.Shape[2];
        ForRows(result.Shape[0] * height, row =>
        {
            int n = row / height, y = row % height;
            for (int column = 0; column < width; column++)
            {
                int pixel = (n * (height / kernel) + y / kernel) * (width / kernel) + column / kernel;
                for (int o = 0; o < w.OutChannels; o++)
                {
                    double sum = w.Bias?[o] ?? 0;
                    for (int i = 0; i < w.InChannels; i++)
                        sum += (double)source[pixel * w.InChannels + i] * w.Values[((i * w.OutChannels + o) * kernel + y % kernel) * kernel + column % kernel];
                    target[(row * width + column) * w.OutChannels + o] = (float)sum;
                }
            }
        });
        return result;
    }

    /// <summary>Adds one window's products to the sums; pixels of the border are zeros and add nothing.</summary>
    private static void AddWindow(float[] source, Shape shape, int n, int top, int left, ReferenceConvWeight weight, float[] filters, double[] sums)
    {
        int height = shape[1], width = shape[2], channels = shape[3];
        int outputs = weight.OutChannels;
        for (int ky = 0; ky < weight.KernelHeight; ky++)
        {
            int y = top + ky;
            if (y < 0 || y >= height) continue;
            for (int kx = 0; kx < weight.KernelWidth; kx++)
            {
                int column = left + kx;
                if (column < 0 || column >= width) continue;
                ReadOnlySpan<float> pixel = source.AsSpan(((n * height + y) * width + column) * channels, channels);
                int tap = ky * weight.KernelWidth + kx;
                if (weight.Kind == ReferenceConvKind.Depthwise)
                {
                    ReadOnlySpan<float> filter = filters.AsSpan(tap * outputs, outputs);
                    for (int c = 0; c < outputs; c++) sums[c] += (double)pixel[c] * filter[c];
                    continue;
                }
                for (int i = 0; i < channels; i++)
                {
                    double value = pixel[i];
                    ReadOnlySpan<float> filter = filters.AsSpan((tap * channels + i) * outputs, outputs);
                    for (int o = 0; o < filter.Length; o++) sums[o] += value * filter[o];
                }
            }
        }
    }

    /// <summary>Filters [out, in, kh, kw] as [kh, kw, in, out].</summary>
    private static float[] OutputsLast(ReferenceConvWeight weight)
    {
        int inputs = weight.Kind == ReferenceConvKind.Depthwise ? 1 : weight.InChannels;
        int taps = weight.KernelHeight * weight.KernelWidth;
        float[] turned = new float[weight.Values.Length];
        for (int o = 0; o < weight.OutChannels; o++)
        {
            for (int i = 0; i < inputs; i++)
            {
                for (int tap = 0; tap < taps; tap++)
                    turned[(tap * inputs + i) * weight.OutChannels + o] = weight.Values[(o * inputs + i) * taps + tap];
            }
        }
        return turned;
    }

    private static ReferenceConvWeight OwnFilters(ConvWeight weight)
    {
        ArgumentNullException.ThrowIfNull(weight);
        return weight as ReferenceConvWeight ?? throw Foreign(weight);
    }
}
