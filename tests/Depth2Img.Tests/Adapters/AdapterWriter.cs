using Depth2Img.Compute.Checkpoints;

namespace Depth2Img.Tests.Adapters;

/// <summary>Writes adapters of a test's own.</summary>
internal sealed class AdapterWriter(int seed = 1)
{
    private readonly System.Random _random = new(seed);
    private readonly List<WeightTensor> _tensors = [];

    /// <summary>Adds a factor of random numbers.</summary>
    public AdapterWriter Random(string key, params ReadOnlySpan<int> dimensions)
    {
        float[] values = new float[dimensions.ToArray().Aggregate(1, (product, d) => product * d)];
        for (int i = 0; i < values.Length; i++) values[i] = (float)(_random.NextDouble() - 0.5);
        return With(WeightTensor.FromFloats(key, dimensions, values));
    }

    /// <summary>Adds the number alpha.</summary>
    public AdapterWriter Alpha(string module, float alpha) => With(WeightTensor.FromFloats(module + ".alpha", [], [alpha]));

    /// <summary>Adds a LoRA's two factors in kohya's dress.</summary>
    public AdapterWriter Lora(string module, int outputs, int inputs, int rank = 2) =>
        Random(module + ".lora_down.weight", rank, inputs).Random(module + ".lora_up.weight", outputs, rank);

    public AdapterWriter With(WeightTensor tensor)
    {
        _tensors.Add(tensor);
        return this;
    }

    /// <summary>The values of a factor.</summary>
    public float[] this[string key] => _tensors.Single(t => t.Name == key).ToFloats();

    /// <summary>The same factors under other names.</summary>
    public AdapterWriter Renamed(Func<string, string> rename)
    {
        AdapterWriter other = new();
        foreach (WeightTensor t in _tensors) other._tensors.Add(new WeightTensor(rename(t.Name), t.Type, t.Dimensions, t.Data));
        return other;
    }

    public string Write(string path, IReadOnlyDictionary<string, string>? metadata = null)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        SafetensorsWriter.Write(path, _tensors, metadata);
        return path;
    }
}
