using System.Text.Json.Nodes;
using Depth2Img.Compute;
using Depth2Img.Compute.Checkpoints;
using Depth2Img.Models.ControlNet;
using Depth2Img.Models.DepthAnything;
using Depth2Img.Models.Dpt;
using Depth2Img.Models.Vae;
using Depth2Img.TestSupport;

namespace Depth2Img.Models.Tests.Loading;

/// <summary>Whatever a configuration says, the network is built or the configuration or the file is refused; nothing else happens.</summary>
public class HostileConfigTests
{
    private static readonly string[] Values =
    [
        "null", "true", "false", "0", "-1", "1", "2", "3", "7", "1.5", "1e30", "16777216", "2147483648", "\"\"", "\"text\"", "[]", "{}",
        "[null]", "[0]", "[1]", "[1, 2, 3]", "[16777216, 16777216, 16777216, 16777216]", "[\"text\"]", "[[1]]", "{\"model_type\": \"bit\"}",
    ];

    public static TheoryData<string> Files => ["vae.safetensors", "dpt-hybrid.safetensors", "dpt-plain.safetensors", "depth-anything.safetensors", "controlnet.safetensors", "demo"];

    [Theory]
    [MemberData(nameof(Files))]
    public void Any_value_of_any_key_is_taken_or_refused(string name)
    {
        using SafetensorsFile file = SafetensorsFile.Open(name == "demo" ? Repository.Models("demo/vae/diffusion_pytorch_model.safetensors") : Repository.Golden(name));
        IWeightSource weights = name == "demo" ? file : new PrefixedWeights(file, "w.");
        string json = name == "demo" ? File.ReadAllText(Repository.Models("demo/vae/config.json")) : file.Metadata["config"];
        using CountingBackend backend = new();
        int taken = 0, refused = 0;

        foreach (string config in Altered(json))
        {
            try
            {
                Build(name, weights, backend, JsonConfig.Parse(config, "config.json")).Dispose();
                taken++;
            }
            catch (Depth2ImgException)
            {
                refused++;
            }
        }

        Assert.True(taken > 0 && refused > taken, $"{taken} taken, {refused} refused");
        Assert.Equal(backend.Created, backend.Disposed);
    }

    private static IDisposable Build(string name, IWeightSource weights, IBackend backend, JsonConfig config) =>
        CheckpointScope.Load<IDisposable>(
            weights,
            backend,
            scope => name.Split('-', '.')[0] switch
            {
                "dpt" => new DptForDepthEstimation(scope, DptConfig.Read(config)),
                "depth" => new DepthAnythingForDepthEstimation(scope, DepthAnythingConfig.Read(config)),
                "controlnet" => new ControlNetModel(scope, ControlNetConfig.Read(config)),
                _ => Autoencoder.Create(scope, config),
            },
            out _);

    /// <summary>The configuration with each key, nested ones too, set to each value.</summary>
    private static IEnumerable<string> Altered(string json)
    {
        JsonObject root = JsonNode.Parse(json)!.AsObject();
        string?[] places = [null, .. root.Where(member => member.Value is JsonObject).Select(member => member.Key)];
        foreach (string? place in places)
        {
            // Fetched anew: what was put back in its place is a copy.
            JsonObject parent = place is null ? root : root[place]!.AsObject();
            foreach (string key in parent.Select(member => member.Key).ToArray())
            {
                JsonNode? original = parent[key]?.DeepClone();
                foreach (string value in Values)
                {
                    parent[key] = JsonNode.Parse(value);
                    yield return root.ToJsonString();
                }
                parent[key] = original;
            }
        }
    }
}
