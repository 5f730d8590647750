using System.Buffers;
using System.Text.Json;
using Depth2Img.Compute;
using Depth2Img.Compute.Checkpoints;

namespace Depth2Img.TestSupport;

/// <summary>A checkpoint of which only keys and sizes are known: looking at a value is an error.</summary>
internal sealed class ShapesOnly(string description, IReadOnlyDictionary<string, int[]> shapes) : IWeightSource
{
    public string Description => description;

    public IReadOnlyCollection<string> Names { get; } = [.. shapes.Keys];

    public static ShapesOnly FromJson(string path) => new(path, JsonSerializer.Deserialize<Dictionary<string, int[]>>(File.ReadAllText(path))!);

    public bool Contains(string name) => shapes.ContainsKey(name);

    public WeightTensor this[string name] => new(name, ElementType.Float32, shapes[name], new NoMemory().OfLength(sizeof(float) * shapes[name].Aggregate(1, (a, b) => a * b)));

    private sealed class NoMemory : MemoryManager<byte>
    {
        public Memory<byte> OfLength(int length) => CreateMemory(length);

        public override Span<byte> GetSpan() => throw new InvalidOperationException("These tensors have no values.");

        public override MemoryHandle Pin(int elementIndex = 0) => throw new InvalidOperationException("These tensors have no values.");

        public override void Unpin() { }

        protected override void Dispose(bool disposing) { }
    }
}
