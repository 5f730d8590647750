namespace Depth2Img.Compute.Reference;

internal sealed partial class ReferenceOps
{
    public Tensor ResizeNearest(Tensor x, int height, int width)
    {
        Begin();
        float[] source = ValuesOf(x);
        ReferenceTensor result = NewTensor(OpShapes.Resize("ResizeNearest", x.Shape, height, width));
        float[] target = result.Values;
        int inputHeight = x.Shape[1], inputWidth = x.Shape[2], channels = x.Shape[3];
        ForRows(x.Shape[0] * height, row =>
        {
            int y = (int)((long)(row % height) * inputHeight / height);
            for (int column = 0; column < width; column++)
            {
                int from = (int)((long)column * inputWidth / width);
                Array.Copy(source, ((row / height * inputHeight + y) * inputWidth + from) * channels,
                    target, (row * width + column) * channels, channels);
            }
        });
        return result;
    }

    public Tensor ResizeBilinear(Tensor x, int height, int width, bool alignCorners)
    {
        Begin();
        float[] source = ValuesOf(x);
        ReferenceTensor result = NewTensor(OpShapes.Resize("ResizeBilinear", x.Shape, height, width));
        float[] target = result.Values;
        int inputHeight = x.Shape[1], inputWidth = x.Shape[2], channels = x.Shape[3];
        ForRows(x.Shape[0] * height, row =>
        {
            int n = row / height;
            (int top, int bottom, double down) = Neighbours(row % height, inputHeight, height, alignCorners);
            for (int column = 0; column < width; column++)
            {
                (int left, int right, double across) = Neighbours(column, inputWidth, width, alignCorners);
                for (int c = 0; c < channels; c++)
                {
                    double upper = (1 - across) * At(top, left, c) + across * At(top, right, c);
                    double lower = (1 - across) * At(bottom, left, c) + across * At(bottom, right, c);
                    target[(row * width + column) * channels + c] = (float)((1 - down) * upper + down * lower);
                }
            }

            float At(int y, int column, int c) => source[((n * inputHeight + y) * inputWidth + column) * channels + c];
        });
        return result;
    }

    public Tensor MaxPool2d(Tensor x, int kernel, Window window, bool zeroBorder = false)
    {
        Begin();
        float[] source = ValuesOf(x);
        ReferenceTensor result = NewTensor(OpShapes.MaxPool2d(x.Shape, kernel, window));
        float[] target = result.Values;
        int inputHeight = x.Shape[1], inputWidth = x.Shape[2], channels = x.Shape[3];
        int height = result.Shape[1], width = result.Shape[2];
        ForRows(x.Shape[0] * height, row =>
        {
            int n = row / height;
            for (int column = 0; column < width; column++)
            {
                for (int c = 0; c < channels; c++)
                {
                    float largest = float.NegativeInfinity;
                    for (int tap = 0; tap < kernel * kernel; tap++)
                    {
                        int y = row % height * window.Stride - window.Top + tap / kernel;
                        int from = column * window.Stride - window.Left + tap % kernel;
                        if (y >= 0 && y < inputHeight && from >= 0 && from < inputWidth)
                            largest = Math.Max(largest, source[((n * inputHeight + y) * inputWidth + from) * channels + c]);
                        else if (zeroBorder)
                            largest = Math.Max(largest, 0);
                    }
                    target[(row * width + column) * channels + c] = largest;
                }
            }
        });
        return result;
    }

    /// <summary>The two input positions next to an output position and the weight of the second, as torch's interpolate places them.</summary>
    private static (int First, int Second, double Weight) Neighbours(int position, int inputs, int outputs, bool alignCorners)
    {
        double at = alignCorners
            ? outputs > 1 ? (double)position * (inputs - 1) / (outputs - 1) : 0
            : Math.Max((position + 0.5) * inputs / outputs - 0.5, 0);
        int first = Math.Min((int)at, inputs - 1);
        return (first, Math.Min(first + 1, inputs - 1), at - first);
    }
}
