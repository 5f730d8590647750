namespace Depth2Img.Compute.Tests.Support;

/// <summary>Comparisons of results with a reference, element by element.</summary>
internal static class Close
{
    /// <summary>Equal infinities and NaNs, and differences of at most absolute + relative |expected|.</summary>
    public static void AssertAll(ReadOnlySpan<float> expected, ReadOnlySpan<float> actual, double absolute, double relative = 0, string what = "")
    {
        Assert.Equal(expected.Length, actual.Length);
        for (int i = 0; i < expected.Length; i++)
        {
            float e = expected[i], a = actual[i];
            if (float.IsNaN(e) || float.IsInfinity(e))
            {
                if (!e.Equals(a)) Assert.Fail($"{what}[{i}]: expected {e}, found {a}");
                continue;
            }
            double bound = absolute + relative * Math.Abs((double)e);
            if (!(Math.Abs((double)a - e) <= bound)) Assert.Fail($"{what}[{i}]: expected {e:R}, found {a:R}, more than {bound:g3} apart");
        }
    }

    /// <summary>The very same bits, NaNs apart.</summary>
    public static void AssertSameBits(ReadOnlySpan<float> expected, ReadOnlySpan<float> actual, string what = "")
    {
        Assert.Equal(expected.Length, actual.Length);
        for (int i = 0; i < expected.Length; i++)
        {
            bool same = BitConverter.SingleToInt32Bits(expected[i]) == BitConverter.SingleToInt32Bits(actual[i]);
            if (!same && !(float.IsNaN(expected[i]) && float.IsNaN(actual[i]))) Assert.Fail($"{what}[{i}]: expected {expected[i]:R}, found {actual[i]:R}");
        }
    }
}
