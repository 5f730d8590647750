using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using System.Text;
using System.Text.Json;

namespace Depth2Img.Compute.Checkpoints;

/// <summary>
/// Weights of the full-size networks that a formula makes when they are asked for, so that nothing of gigabytes is
/// stored: value i of a tensor comes from splitmix64(fnv1a64(name) + i), scaled by what the tensor is. Measurements and
/// reference vectors of networks at full size are made with them.
/// </summary>
/// <param name="description">Where the keys come from, for messages.</param>
/// <param name="shapes">Every key and its sizes, outermost first.</param>
public sealed class FormulaWeights(string description, Dictionary<string, int[]> shapes) : IWeightSource
{
    private const int BlockLength = 1 << 18;

    /// <inheritdoc/>
    public string Description { get; } = description;

    /// <inheritdoc/>
    public IReadOnlyCollection<string> Names => shapes.Keys;

    /// <summary>All tensors of a JSON file that maps keys to sizes.</summary>
    public static FormulaWeights FromShapes(string path) => FromShapes(path, File.ReadAllBytes(path));

    /// <summary>All tensors of a JSON object that maps keys to sizes.</summary>
    /// <param name="description">Where the object comes from.</param>
    /// <param name="json">UTF-8.</param>
    public static FormulaWeights FromShapes(string description, ReadOnlySpan<byte> json) =>
        new(description, JsonSerializer.Deserialize<Dictionary<string, int[]>>(json)!);

    /// <inheritdoc/>
    public bool Contains(string name) => shapes.ContainsKey(name);

    /// <summary>A tensor's sizes, outermost first.</summary>
    /// <exception cref="KeyNotFoundException">There is no such key.</exception>
    public IReadOnlyList<int> Dimensions(string name) => shapes[name];

    /// <summary>Computes a tensor, in single precision, in memory of its own.</summary>
    public WeightTensor this[string name]
    {
        get
        {
            int[] dimensions = shapes[name];
            int count = dimensions.Aggregate(1, (product, d) => checked(product * d));
            byte[] data = GC.AllocateUninitializedArray<byte>(checked(count * sizeof(float)));
            var (scale, offset) = ScaleAndOffset(name, dimensions);
            Fill(name, data, scale, offset);
            return new WeightTensor(name, ElementType.Float32, dimensions, data);
        }
    }

    /// <summary>The formula's numbers u in [-1, 1) of a name times a scale: a network's inputs are made of them.</summary>
    public static float[] Uniform(string name, int count, float scale)
    {
        ArgumentNullException.ThrowIfNull(name);
        float[] values = new float[count];
        FillBlock(Hash(name), values, scale, 0);
        return values;
    }

    private static (float Scale, float Offset) ScaleAndOffset(string name, int[] dimensions)
    {
        if (dimensions.Length == 1) return name.EndsWith(".weight", StringComparison.Ordinal) ? (1 / 10f, 1) : (1 / 50f, 0);
        if (name.EndsWith("embedding.weight", StringComparison.Ordinal)
            || name.EndsWith("position_embeddings", StringComparison.Ordinal)
            || name.EndsWith("cls_token", StringComparison.Ordinal))
            return ((float)(Math.Sqrt(3) * 0.02), 0);
        double fanIn = dimensions.Skip(1).Aggregate(1.0, (product, d) => product * d);
        return ((float)Math.Sqrt(3 / fanIn), 0);
    }

    private static void Fill(string name, byte[] data, float scale, float offset)
    {
        ulong hash = Hash(name);
        int count = data.Length / sizeof(float);
        Parallel.For(0, (count + BlockLength - 1) / BlockLength, block =>
        {
            int start = block * BlockLength;
            Span<float> values = MemoryMarshal.Cast<byte, float>(data.AsSpan()).Slice(start, Math.Min(BlockLength, count - start));
            FillBlock(hash + (ulong)start, values, scale, offset);
        });
    }

    private static void FillBlock(ulong first, Span<float> values, float scale, float offset)
    {
        int i = 0;
        for (; i <= values.Length - Vector256<uint>.Count; i += Vector256<uint>.Count)
        {
            Vector256<ulong> states = Vector256.Create(first + (ulong)i) + Vector256.Create(0ul, 1, 2, 3);
            Vector256<uint> bits = Vector256.Narrow(Mix(states) >> 40, Mix(states + Vector256.Create(4ul)) >> 40);
            Vector256<float> u = Vector256.ConvertToSingle(bits.AsInt32()) * (1f / (1 << 23)) - Vector256<float>.One;
            (u * scale + Vector256.Create(offset)).CopyTo(values[i..]);
        }
        for (; i < values.Length; i++)
            values[i] = ((Mix(Vector256.Create(first + (ulong)i))[0] >> 40) * (1f / (1 << 23)) - 1) * scale + offset;
    }

    /// <summary>splitmix64 of four states.</summary>
    private static Vector256<ulong> Mix(Vector256<ulong> states)
    {
        Vector256<ulong> x = states + Vector256.Create(0x9e3779b97f4a7c15);
        x = (x ^ (x >> 30)) * Vector256.Create(0xbf58476d1ce4e5b9);
        x = (x ^ (x >> 27)) * Vector256.Create(0x94d049bb133111eb);
        return x ^ (x >> 31);
    }

    /// <summary>FNV-1a, 64 bits.</summary>
    private static ulong Hash(string name)
    {
        ulong hash = 0xcbf29ce484222325;
        foreach (byte b in Encoding.UTF8.GetBytes(name)) hash = (hash ^ b) * 0x100000001b3;
        return hash;
    }
}
