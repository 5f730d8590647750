namespace Depth2Img.Compute.Cpu.Vectors;

/// <summary>One float: the ends of rows that fill no vector. Each member rounds as the vector ones do, so an element's
/// value does not depend on whether it lies at an end.</summary>
internal readonly unsafe struct ScalarWidth : IVectorWidth<float>
{
    public static int Count => 1;

    public static float Create(float value) => value;

    public static float Load(float* source) => *source;

    public static void Store(float x, float* target) => *target = x;

    public static float Add(float a, float b) => a + b;

    public static float Subtract(float a, float b) => a - b;

    public static float Multiply(float a, float b) => a * b;

    public static float Divide(float a, float b) => a / b;

    public static float MultiplyAdd(float a, float b, float c) => float.MultiplyAddEstimate(a, b, c);

    public static float Max(float a, float b) => MathF.Max(a, b);

    public static float Larger(float a, float b) => a > b ? a : b;

    public static float Abs(float x) => MathF.Abs(x);

    public static float CopySign(float magnitude, float sign) => MathF.CopySign(magnitude, sign);

    public static float IfLess(float a, float b, float then, float otherwise) => a < b ? then : otherwise;

    public static float Round(float x) => MathF.Round(x);

    public static float Floor(float x) => MathF.Floor(x);

    public static float Scale(float x, float n)
    {
        int half = (int)n >> 1;
        return x * PowerOfTwo(half) * PowerOfTwo((int)n - half);
    }

    public static float ScaleDown(float x, float n) => x * PowerOfTwo((int)n);

    public static float Largest(float x) => x;

    public static float Sum(float x) => x;

    private static float PowerOfTwo(int n) => BitConverter.Int32BitsToSingle((n + 127) << 23);
}
