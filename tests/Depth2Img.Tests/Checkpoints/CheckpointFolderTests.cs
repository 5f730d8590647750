using System.Text.Json;
using Depth2Img.Checkpoints;
using Depth2Img.Compute;
using Depth2Img.Compute.Checkpoints;
using Depth2Img.Imaging;
using Depth2Img.Pipelines;
using Depth2Img.TestSupport;

namespace Depth2Img.Tests.Checkpoints;

/// <summary>Every dress that a checkpoint folder's weights come in is found, and what is missing is named.</summary>
public sealed class CheckpointFolderTests : IDisposable
{
    private const string Unet = "diffusion_pytorch_model";
    private readonly TemporaryFolder _folder = new();

    public CheckpointFolderTests()
    {
        _folder.Write("model_index.json", """{"_class_name": "StableDiffusionDepth2ImgPipeline", "unet": ["diffusers", "UNet2DConditionModel"], "vae": ["diffusers", "AutoencoderKL"], "safety_checker": [null, null]}""");
        Directory.CreateDirectory(_folder.File("unet"));
    }

    public void Dispose() => _folder.Dispose();

    private string Put(string name, string component = "unet")
    {
        string path = _folder.File(System.IO.Path.Combine(component, name));
        Directory.CreateDirectory(System.IO.Path.GetDirectoryName(path)!);
        if (name.EndsWith(".bin", StringComparison.Ordinal)) File.Copy(Repository.Golden("ckpt/bare.bin"), path);
        else SafetensorsWriter.Write(path, [WeightTensor.FromFloats("x", [1], [1])]);
        return path;
    }

    private string Find(string? variant = null) => CheckpointFolder.Open(_folder.Path, variant).WeightsOf("unet");

    [Theory]
    [InlineData($"{Unet}.safetensors")]
    [InlineData("model.safetensors")]
    [InlineData($"{Unet}.bin")]
    [InlineData("pytorch_model.bin")]
    public void A_plain_file_is_found(string name) => Assert.Equal(Put(name), Find());

    [Fact]
    public void A_variant_is_taken_when_it_is_asked_for_and_the_plain_file_when_not()
    {
        string plain = Put($"{Unet}.safetensors"), half = Put($"{Unet}.fp16.safetensors");
        Assert.Equal(plain, Find());
        Assert.Equal(half, Find("fp16"));
    }

    [Fact]
    public void A_component_without_the_variant_falls_back_to_its_plain_file_where_another_has_it()
    {
        Put("diffusion_pytorch_model.fp16.safetensors", "vae");
        Assert.Equal(Put($"{Unet}.safetensors"), Find("fp16"));
    }

    [Fact]
    public void A_variant_that_no_component_has_is_refused_with_those_that_there_are()
    {
        Put($"{Unet}.safetensors");
        Assert.Contains("nor of any other", Assert.Throws<Depth2ImgException>(() => Find("fp16")).Message, StringComparison.Ordinal);
        Put("diffusion_pytorch_model.bf16.safetensors", "vae");
        Put($"{Unet}.non_ema.safetensors");
        Assert.Contains("it has bf16, non_ema.", Assert.Throws<Depth2ImgException>(() => Find("fp16")).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Safetensors_are_preferred_to_pickles_of_the_same_variant_and_the_variant_to_both()
    {
        Put($"{Unet}.bin");
        string safe = Put($"{Unet}.safetensors"), half = Put($"{Unet}.fp16.bin");
        Assert.Equal(safe, Find());
        Assert.Equal(half, Find("fp16"));
    }

    [Theory]
    [InlineData($"{Unet}.fp16.safetensors")]
    [InlineData("model.bf16.safetensors")]
    [InlineData("pytorch_model.fp16.bin")]
    public void A_variant_that_is_all_there_is_is_taken_unasked(string name) => Assert.Equal(Put(name), Find());

    [Theory]
    [InlineData($"{Unet}.safetensors.index.json", null)]
    [InlineData($"{Unet}.safetensors.index.fp16.json", "fp16")]
    [InlineData($"{Unet}.safetensors.fp16.index.json", "fp16")]
    [InlineData($"{Unet}.safetensors.index.fp16.json", null)]
    public void Shards_are_read_through_their_index_whatever_its_spelling(string index, string? variant)
    {
        Put($"{Unet}-00001-of-00001.safetensors");
        File.WriteAllText(_folder.File($"unet/{index}"), JsonSerializer.Serialize(new { weight_map = new { x = $"{Unet}-00001-of-00001.safetensors" } }));
        CheckpointFolder checkpoint = CheckpointFolder.Open(_folder.Path, variant);
        IWeightSource weights = checkpoint.OpenWeights("unet");
        using IDisposable? file = weights as IDisposable;
        Assert.Equal(1f, weights["x"].ToFloats()[0]);
    }

    [Theory]
    [InlineData("pytorch_model.bin.index.json", null)]
    [InlineData($"{Unet}.bin.index.json", null)]
    [InlineData("pytorch_model.bin.index.fp16.json", "fp16")]
    public void Shards_of_pickles_are_read_through_their_index(string index, string? variant)
    {
        Put("pytorch_model-00001-of-00001.bin");
        File.WriteAllText(_folder.File($"unet/{index}"), """{"weight_map": {"0.weight": "pytorch_model-00001-of-00001.bin", "0.bias": "pytorch_model-00001-of-00001.bin"}}""");
        using IWeightFile weights = (IWeightFile)CheckpointFolder.Open(_folder.Path, variant).OpenWeights("unet");
        Assert.Equal(["0.bias", "0.weight"], weights.Names.Order());
        Assert.Equal(4, weights["0.bias"].Count);
    }

    [Fact]
    public void A_pickle_in_the_place_of_weights_that_is_none_is_refused()
    {
        File.WriteAllText(_folder.File($"unet/{Unet}.bin"), "pickle");
        Assert.Contains("no weight file", Assert.Throws<Depth2ImgException>(() => CheckpointFolder.Open(_folder.Path).OpenWeights("unet")).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_download_that_has_not_ended_is_named()
    {
        _folder.Write($"unet/{Unet}.safetensors.incomplete", "half");
        Assert.Contains("download that has not ended", Assert.Throws<Depth2ImgException>(() => Find()).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Weights_of_another_framework_are_named()
    {
        _folder.Write("unet/flax_model.msgpack", "x");
        Assert.Contains("flax_model.msgpack", Assert.Throws<Depth2ImgException>(() => Find()).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_folder_without_weights_says_which_files_were_expected() =>
        Assert.Contains($"{Unet}.safetensors", Assert.Throws<Depth2ImgException>(() => Find()).Message, StringComparison.Ordinal);

    [Fact]
    public void An_absent_component_is_not_there_and_asking_for_it_names_those_that_are()
    {
        CheckpointFolder checkpoint = CheckpointFolder.Open(_folder.Path);
        Assert.False(checkpoint.Has("safety_checker"));
        Assert.Contains("unet", Assert.Throws<Depth2ImgException>(() => checkpoint.ClassOf("text_encoder", "CLIPTextModel")).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("{}")]
    [InlineData("[1, 2]")]
    [InlineData("not json")]
    [InlineData("""{"unet": "UNet2DConditionModel"}""")]
    [InlineData("""{"_class_name": 3, "unet": [1, 2]}""")]
    public void An_index_that_is_none_is_refused(string json)
    {
        File.WriteAllText(_folder.File("model_index.json"), json);
        Assert.Contains("model_index.json", Assert.Throws<Depth2ImgException>(() => CheckpointFolder.Open(_folder.Path)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_checkpoint_in_half_precision_variants_makes_a_picture()
    {
        string tiny = Repository.Golden("tiny-depth2img"), copy = _folder.File("half");
        foreach (string file in Directory.EnumerateFiles(tiny, "*", SearchOption.AllDirectories))
        {
            string target = Path.Combine(copy, Path.GetRelativePath(tiny, file));
            Directory.CreateDirectory(Path.GetDirectoryName(target)!);
            if (file.EndsWith(".safetensors", StringComparison.Ordinal)) WriteHalf(file, target[..^".safetensors".Length] + ".fp16.safetensors");
            else File.Copy(file, target);
        }
        using DepthToImagePipeline half = await DepthToImagePipeline.LoadAsync(copy, new PipelineOptions { Variant = "fp16" });
        using DepthToImagePipeline full = await DepthToImagePipeline.LoadAsync(tiny);
        DepthToImageRequest request = new()
        {
            Image = ImageFile.Load(Repository.Samples("rendered/square.png")).ToRgb(),
            Prompt = "a red ball",
            Steps = 3,
            Strength = 0.6,
            Seed = 1,
            MaxSize = 64,
        };
        byte[] a = (await half.GenerateAsync(request)).Images[0].Pixels, b = (await full.GenerateAsync(request)).Images[0].Pixels;
        Assert.InRange(a.Zip(b, (x, y) => Math.Abs(x - y)).Average(), 0, 2);
    }

    private static void WriteHalf(string source, string target)
    {
        using SafetensorsFile file = SafetensorsFile.Open(source);
        SafetensorsWriter.Write(target, [.. file.Names.Select(name =>
        {
            WeightTensor tensor = file[name];
            if (!tensor.Type.IsFloat()) return tensor;
            byte[] bytes = new byte[2 * tensor.Count];
            HalfConversion.NarrowFloat16(tensor.ToFloats(), bytes);
            return new WeightTensor(name, ElementType.Float16, tensor.Dimensions, bytes);
        })]);
    }
}
