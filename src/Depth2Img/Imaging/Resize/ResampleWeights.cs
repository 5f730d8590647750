namespace Depth2Img.Imaging.Resize;

/// <summary>
/// One axis of a resize: which source samples each new sample is made of and how much each counts. Pillow's
/// arithmetic (its Resample.c): weights in double, normalised to sum 1, then rounded to fixed point, so that a
/// resize agrees with Pillow's to the last bit.
/// </summary>
internal sealed class ResampleWeights
{
    /// <summary>Bits behind the point of a weight: 32 less 8 for the pixel, 2 for the sum's overshoot and its sign.</summary>
    public const int Precision = 32 - 8 - 2;

    private readonly int[] _starts;
    private readonly int[] _counts;
    private readonly int[] _weights;
    private readonly int _stride;

    /// <summary>Computes the weights of every new sample.</summary>
    /// <param name="sourceLength">Samples along the axis.</param>
    /// <param name="length">New samples along the axis.</param>
    /// <param name="filter">Any but nearest, which has no weights.</param>
    public ResampleWeights(int sourceLength, int length, ResizeFilter filter)
    {
        double scale = (double)sourceLength / length;
        bool area = filter == ResizeFilter.Area && scale > 1;
        double stretch = Math.Max(scale, 1);
        double support = area ? scale / 2 : Support(filter) * stretch;
        _stride = (int)Math.Ceiling(support) * 2 + 1;
        _starts = new int[length];
        _counts = new int[length];
        _weights = new int[checked(_stride * length)];

        double[] row = new double[_stride];
        for (int i = 0; i < length; i++)
        {
            double center = (i + 0.5) * scale;
            // Pillow rounds both ends to the nearest sample border; a covered area must not lose its rim.
            int start = area ? (int)(i * scale) : Math.Max(0, (int)(center - support + 0.5));
            int end = area ? (int)Math.Ceiling((i + 1) * scale) : (int)(center + support + 0.5);
            end = Math.Min(end, sourceLength);
            int count = Math.Min(end - start, _stride);
            double sum = 0;
            for (int j = 0; j < count; j++)
            {
                int x = start + j;
                row[j] = area
                    ? Math.Max(0, Math.Min(x + 1, (i + 1) * scale) - Math.Max(x, i * scale))
                    : Kernel(filter, (x - center + 0.5) * (1.0 / stretch));
                sum += row[j];
            }
            for (int j = 0; j < count; j++)
            {
                double weight = sum != 0 ? row[j] / sum : row[j];
                // Half away from zero, as a C cast after adding or taking a half does it.
                _weights[i * _stride + j] = (int)(weight * (1 << Precision) + (weight < 0 ? -0.5 : 0.5));
            }
            _starts[i] = start;
            _counts[i] = count;
        }
    }

    /// <summary>The first source sample that a new sample is made of.</summary>
    public int Start(int index) => _starts[index];

    /// <summary>The fixed-point weights of the source samples from <see cref="Start"/> on.</summary>
    public ReadOnlySpan<int> Weights(int index) => _weights.AsSpan(index * _stride, _counts[index]);

    private static double Support(ResizeFilter filter) => filter switch
    {
        ResizeFilter.Bilinear or ResizeFilter.Area => 1,
        ResizeFilter.Bicubic => 2,
        ResizeFilter.Lanczos => 3,
        _ => throw new ArgumentOutOfRangeException(nameof(filter), filter, "This filter has no kernel."),
    };

    private static double Kernel(ResizeFilter filter, double x) => filter switch
    {
        ResizeFilter.Bicubic => Bicubic(Math.Abs(x)),
        ResizeFilter.Lanczos => x is >= -3 and < 3 ? Sinc(x) * Sinc(x / 3) : 0,
        _ => Math.Max(0, 1 - Math.Abs(x)),
    };

    private static double Bicubic(double x)
    {
        const double a = -0.5;
        if (x < 1) return ((a + 2) * x - (a + 3)) * x * x + 1;
        if (x < 2) return (((x - 5) * x + 8) * x - 4) * a;
        return 0;
    }

    private static double Sinc(double x)
    {
        if (x == 0) return 1;
        x *= Math.PI;
        return Math.Sin(x) / x;
    }
}
