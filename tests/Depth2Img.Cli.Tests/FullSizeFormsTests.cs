using System.Diagnostics;
using System.Globalization;
using System.Runtime.InteropServices;
using System.Text.Json;
using Depth2Img.Checkpoints;
using Depth2Img.Checkpoints.Conversion;
using Depth2Img.Compute;
using Depth2Img.Compute.Checkpoints;
using Depth2Img.Models.Ldm;
using Depth2Img.TestSupport;
using Xunit.Abstractions;

namespace Depth2Img.Cli.Tests;

/// <summary>
/// A checkpoint as large as Stable Diffusion 2's depth model, in every form that people have: each gives the tensors that were
/// written, and the whole program makes a picture of it within its memory. The log has the figures that docs/performance.md tells.
/// </summary>
[Trait("Category", "Slow")]
public sealed class FullSizeFormsTests(FullSizeFormsTests.Shards shards, ITestOutputHelper log) : IClassFixture<FullSizeFormsTests.Shards>, IDisposable
{
    private const long Float32Limit = 6_500_000_000, Float16Limit = 3_500_000_000;

    private readonly string _folder = Directory.CreateTempSubdirectory("depth2img-form-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Theory]
    [InlineData("folder of shards, float32", ElementType.Float32, Float32Limit)]
    [InlineData("folder, float32", ElementType.Float32, Float32Limit)]
    [InlineData("folder, float16", ElementType.Float16, Float16Limit)]
    [InlineData("one file, .safetensors, float32", ElementType.Float32, Float32Limit)]
    [InlineData("one file, .ckpt, float32", ElementType.Float32, Float32Limit)]
    public async Task Every_form_gives_the_same_tensors_and_stays_within_its_memory(string form, ElementType type, long limit)
    {
        string model = Write(form, type);
        Checkpoint checkpoint = Checkpoint.Open(model);
        foreach ((string list, string component) in SmallLdmCheckpoint.Networks) AssertTensors(checkpoint, list, component, type);

        using CliFolder folder = new();
        ProcessStartInfo start = new("dotnet")
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            ArgumentList =
            {
                typeof(CommandLineApp).Assembly.Location, "generate", CliFolder.Photo, "-p", "a red ball", "-m", model,
                "--depth-model", "checkpoint", "--size", "512x512", "--strength", "1", "--steps", "1", "--guidance", "7.5", "--seed", "1",
                "-o", folder["out.png"], "--json",
            },
        };
        using Process process = Process.Start(start)!;
        Task<string> error = process.StandardError.ReadToEndAsync();
        string output = await process.StandardOutput.ReadToEndAsync();
        await process.WaitForExitAsync();
        Assert.True(process.ExitCode == 0, await error);
        JsonElement result = JsonDocument.Parse(output).RootElement;
        long peak = result.GetProperty("peakMemoryBytes").GetInt64();
        log.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{form}: first step after {result.GetProperty("secondsToFirstStep").GetDouble():f1} s, peak {peak / 1e9:f2} GB"));
        Assert.InRange(peak, 500_000_000, limit);
    }

    private string Write(string form, ElementType type)
    {
        string path = Path.Combine(_folder, "model");
        switch (form)
        {
            case "folder of shards, float32":
                return shards.Folder;
            case "one file, .safetensors, float32":
                path += ".safetensors";
                using (FileStream stream = File.Create(path))
                    SafetensorsWriter.Write(stream, [.. LdmTensors().Select(t => new SafetensorsItem(t.Name, ElementType.Float32, t.Dimensions, s => s.Write(t.Make().Data.Span)))], null);
                return path;
            case "one file, .ckpt, float32":
                path += ".ckpt";
                Dictionary<string, Func<WeightTensor>> tensors = LdmTensors().ToDictionary(t => t.Name, t => t.Make);
                TorchZipWriter.Write(path, [.. LdmTensors().Select(t => (t.Name, ElementType.Float32, t.Dimensions))], name => tensors[name]());
                return path;
            default:
                CheckpointConverter.Convert(Checkpoint.Open(shards.Folder), path, new ConversionOptions { Precision = type }, CancellationToken.None);
                return path;
        }
    }

    /// <summary>The one-file form's tensors, each made when it is asked for.</summary>
    private static IEnumerable<(string Name, int[] Dimensions, Func<WeightTensor> Make)> LdmTensors()
    {
        foreach ((string list, _) in SmallLdmCheckpoint.Networks)
        {
            FormulaWeights weights = Formula(list);
            foreach (IGrouping<string, KeyValuePair<string, LdmKey>> parts in SmallLdmCheckpoint.Keys(list).Keys.Where(k => weights.Contains(k.Key)).GroupBy(k => k.Value.Name))
            {
                (string first, LdmKey key) = parts.First();
                int[] dimensions = [.. weights.Dimensions(first)];
                dimensions[0] *= key.Parts;
                if (key.IsMatrix && dimensions.Length == 2) dimensions = [.. dimensions, 1, 1];
                yield return (key.Name, dimensions, () => SmallLdmCheckpoint.ToLdm(parts, weights));
            }
        }
    }

    private static void AssertTensors(Checkpoint checkpoint, string list, string component, ElementType type)
    {
        FormulaWeights expected = Formula(list);
        IWeightSource found = checkpoint.OpenWeights(component);
        using IDisposable? file = found as IDisposable;
        foreach (string name in expected.Names)
        {
            WeightTensor one = expected[name], other = found[name];
            Assert.Equal(type, other.Type);
            Assert.Equal(one.Dimensions.ToArray(), other.Dimensions.ToArray());
            Assert.True(type == ElementType.Float32 ? one.Data.Span.SequenceEqual(other.Data.Span) : AreRounded(one, other), name);
        }
    }

    private static bool AreRounded(WeightTensor single, WeightTensor half)
    {
        ReadOnlySpan<float> values = MemoryMarshal.Cast<byte, float>(single.Data.Span);
        ReadOnlySpan<Half> rounded = MemoryMarshal.Cast<byte, Half>(half.Data.Span);
        for (int i = 0; i < values.Length; i++)
        {
            if ((Half)values[i] != rounded[i]) return false;
        }
        return true;
    }

    private static FormulaWeights Formula(string list) => FormulaWeights.FromShapes(Repository.Golden($"full/{list}-shapes.json"));

    /// <summary>The folder that the other forms are made of.</summary>
    public sealed class Shards : IDisposable
    {
        private readonly FullSizeCheckpoint _checkpoint = new(ElementType.Float32);

        public string Folder => _checkpoint.Folder;

        public void Dispose() => _checkpoint.Dispose();
    }
}
