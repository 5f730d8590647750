using System.Runtime.InteropServices;
using System.Text.Json;
using Depth2Img.Compute;
using Depth2Img.Compute.Checkpoints;

namespace Depth2Img.TestSupport;

/// <summary>
/// A checkpoint folder as large as Stable Diffusion 2's depth model, with weights by the formula of
/// <see cref="FormulaWeights"/>: 2.8 GB in half precision, 5.7 GB in single. It lies in a temporary folder and is
/// deleted with this object.
/// </summary>
internal sealed class FullSizeCheckpoint : IDisposable
{
    /// <summary>Weights are written in shards of about this size, so that writing takes little memory.</summary>
    private const long ShardBytes = 256L << 20;

    /// <summary>Writes the folder.</summary>
    /// <param name="type">Float32 or Float16.</param>
    public FullSizeCheckpoint(ElementType type)
    {
        try
        {
            CopyComponent("scheduler", "tokenizer", "feature_extractor");
            File.Copy(Path.Combine(Template, "model_index.json"), Path.Combine(Folder, "model_index.json"));
            string preprocessor = Path.Combine(Folder, "feature_extractor", "preprocessor_config.json");
            File.WriteAllText(preprocessor, File.ReadAllText(preprocessor).Replace("64", "384", StringComparison.Ordinal));
            WriteNetwork("text_encoder", "text", "model", type);
            WriteNetwork("unet", "unet", "diffusion_pytorch_model", type);
            WriteNetwork("vae", "vae", "diffusion_pytorch_model", type);
            WriteNetwork("depth_estimator", "depth", "model", type);
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    /// <summary>Where it is.</summary>
    public string Folder { get; } = Directory.CreateTempSubdirectory("depth2img-full-").FullName;

    private static string Template => Repository.Golden("tiny-depth2img");

    public void Dispose() => Directory.Delete(Folder, recursive: true);

    private void CopyComponent(params ReadOnlySpan<string> names)
    {
        foreach (string name in names)
        {
            string target = Directory.CreateDirectory(Path.Combine(Folder, name)).FullName;
            foreach (string file in Directory.EnumerateFiles(Path.Combine(Template, name)))
                File.Copy(file, Path.Combine(target, Path.GetFileName(file)));
        }
    }

    private void WriteNetwork(string component, string golden, string stem, ElementType type)
    {
        string folder = Directory.CreateDirectory(Path.Combine(Folder, component)).FullName;
        File.Copy(Repository.Golden($"full/{golden}-config.json"), Path.Combine(folder, "config.json"));
        FormulaWeights weights = FormulaWeights.FromShapes(Repository.Golden($"full/{golden}-shapes.json"));
        Dictionary<string, string> map = [];
        List<WeightTensor> shard = [];
        long bytes = 0;
        foreach (string name in weights.Names)
        {
            WeightTensor tensor = type == ElementType.Float16 ? ToHalf(weights[name]) : weights[name];
            shard.Add(tensor);
            map.Add(name, ShardName());
            bytes += tensor.Data.Length;
            if (bytes > ShardBytes) Flush();
        }
        if (shard.Count > 0) Flush();
        File.WriteAllText(Path.Combine(folder, $"{stem}.safetensors.index.json"), JsonSerializer.Serialize(new { weight_map = map }));

        string ShardName() => $"{stem}-{Directory.GetFiles(folder, "*.safetensors").Length + 1:00000}.safetensors";

        void Flush()
        {
            SafetensorsWriter.Write(Path.Combine(folder, ShardName()), shard);
            shard.Clear();
            bytes = 0;
        }
    }

    private static WeightTensor ToHalf(WeightTensor tensor)
    {
        byte[] data = new byte[2 * tensor.Count];
        Parallel.For(0, (tensor.Count + 65535) / 65536, block =>
        {
            int start = block * 65536, end = Math.Min(start + 65536, tensor.Count);
            ReadOnlySpan<float> source = MemoryMarshal.Cast<byte, float>(tensor.Data.Span);
            Span<Half> target = MemoryMarshal.Cast<byte, Half>(data.AsSpan());
            for (int i = start; i < end; i++) target[i] = (Half)source[i];
        });
        return new WeightTensor(tensor.Name, ElementType.Float16, tensor.Dimensions, data);
    }
}
