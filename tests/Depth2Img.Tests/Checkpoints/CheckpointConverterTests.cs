using System.Text.Json.Nodes;
using Depth2Img.Checkpoints;
using Depth2Img.Checkpoints.Conversion;
using Depth2Img.Compute;
using Depth2Img.Compute.Checkpoints;
using Depth2Img.IO;
using Depth2Img.Prompts;
using Depth2Img.TestSupport;

namespace Depth2Img.Tests.Checkpoints;

public sealed class CheckpointConverterTests : IDisposable
{
    private static readonly string[] Networks = ["text_encoder", "unet", "vae", "depth_estimator"];

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    private static Checkpoint Tiny => Checkpoint.Open(Repository.Golden("tiny-depth2img"));

    private string Out => _folder.File("out");

    [Fact]
    public void Without_a_precision_every_tensor_and_every_small_file_is_kept_bit_for_bit()
    {
        ConversionReport report = CheckpointConverter.Convert(Tiny, Out);
        Assert.Equal(Networks.Order(), report.Networks.Select(n => n.Component).Order());
        Assert.Empty(report.LeftOut);
        foreach (string component in Networks)
        {
            AssertTensors(component, (from, to) =>
            {
                Assert.Equal(from.Type, to.Type);
                Assert.True(from.Data.Span.SequenceEqual(to.Data.Span), from.Name);
            });
        }
        foreach (string file in Directory.EnumerateFiles(Tiny.Path, "*", SearchOption.AllDirectories).Where(f => !f.EndsWith(".safetensors", StringComparison.Ordinal)))
            Assert.Equal(File.ReadAllBytes(file), File.ReadAllBytes(Path.Combine(Out, Path.GetRelativePath(Tiny.Path, file))));
        Assert.Equal(["out"], _folder.Names);
    }

    [Theory]
    [InlineData(ElementType.Float16)]
    [InlineData(ElementType.BFloat16)]
    [InlineData(ElementType.Float32)]
    public void A_precision_is_taken_by_every_weight_and_by_no_index(ElementType precision)
    {
        CheckpointConverter.Convert(Tiny, Out, new ConversionOptions { Precision = precision });
        foreach (string component in Networks)
        {
            AssertTensors(component, (from, to) =>
            {
                Assert.Equal(from.Type.IsFloat() ? precision : from.Type, to.Type);
                if (from.Type.IsFloat()) NumericAssert.Close(Rounded(from.ToFloats(), precision), to.ToFloats(), 0, from.Name);
            });
        }
    }

    [Fact]
    public void Half_precision_goes_back_to_single_as_it_is()
    {
        CheckpointConverter.Convert(Tiny, _folder.File("half"), new ConversionOptions { Precision = ElementType.Float16 });
        Checkpoint half = Checkpoint.Open(_folder.File("half"));
        CheckpointConverter.Convert(half, Out, new ConversionOptions { Precision = ElementType.Float32 });
        AssertTensors("unet", (from, to) => Assert.Equal(Rounded(from.ToFloats(), ElementType.Float16), to.ToFloats()));
    }

    [Fact]
    public void Pickles_become_safetensors_and_the_tensors_stay_the_same()
    {
        string source = Small();
        ConversionReport report = CheckpointConverter.Convert(Checkpoint.Open(source), Out);
        using SafetensorsFile expected = SafetensorsFile.Open(Repository.Golden("ckpt/expected.safetensors")), actual = SafetensorsFile.Open(_folder.File("out/unet/diffusion_pytorch_model.safetensors"));
        Assert.Equal(expected.Names.Order(StringComparer.Ordinal), actual.Names.Order(StringComparer.Ordinal));
        Assert.All(expected.Names, name => Assert.True(expected[name].Data.Span.SequenceEqual(actual[name].Data.Span), name));
        Assert.Equal("pt", actual.Metadata["format"]);
        Assert.Equal(["safety_checker", "image_encoder"], report.LeftOut);
    }

    [Fact]
    public void Components_that_are_left_out_are_absent_in_the_index()
    {
        CheckpointConverter.Convert(Checkpoint.Open(Small()), Out);
        JsonNode index = JsonNode.Parse(File.ReadAllText(_folder.File("out/model_index.json")))!;
        Assert.Equal("[null,null]", index["safety_checker"]!.ToJsonString());
        Assert.Equal("""["diffusers","UNet2DConditionModel"]""", index["unet"]!.ToJsonString());
    }

    [Fact]
    public void A_value_beyond_the_precision_is_named_and_nothing_is_written()
    {
        string source = _folder.File("large");
        Directory.CreateDirectory(Path.Combine(source, "unet"));
        File.WriteAllText(Path.Combine(source, "model_index.json"), """{"unet": ["diffusers", "UNet2DConditionModel"]}""");
        SafetensorsWriter.Write(Path.Combine(source, "unet/model.safetensors"), [WeightTensor.FromFloats("mid.weight", [3], [1, 70_000, float.NaN])]);
        Checkpoint large = Checkpoint.Open(source);
        string message = Assert.Throws<Depth2ImgException>(() => CheckpointConverter.Convert(large, Out, new ConversionOptions { Precision = ElementType.Float16 })).Message;
        Assert.Contains("mid.weight", message, StringComparison.Ordinal);
        Assert.Contains("70000", message, StringComparison.Ordinal);
        Assert.Equal(["large"], _folder.Names);
        CheckpointConverter.Convert(large, Out, new ConversionOptions { Precision = ElementType.BFloat16 });
    }

    [Fact]
    public void An_existing_folder_is_replaced_only_when_asked_and_only_if_it_is_a_checkpoint()
    {
        Directory.CreateDirectory(Out);
        string photo = _folder.Write("out/photo.jpg", "a picture");
        Assert.Contains("exists already", Assert.Throws<OutputException>(() => CheckpointConverter.Convert(Tiny, Out)).Message, StringComparison.Ordinal);
        ConversionOptions overwrite = new() { Overwrite = true };
        Assert.Contains("no checkpoint folder", Assert.Throws<OutputException>(() => CheckpointConverter.Convert(Tiny, Out, overwrite)).Message, StringComparison.Ordinal);
        Assert.True(File.Exists(photo));
        File.WriteAllText(_folder.File("out/model_index.json"), "{}");
        CheckpointConverter.Convert(Tiny, Out, overwrite);
        Assert.False(File.Exists(photo));
        Assert.Equal(["out"], _folder.Names);
        Assert.True(Checkpoint.Open(Out).Has("unet"));
    }

    [Fact]
    public void A_checkpoint_is_not_converted_into_itself_nor_over_a_folder_that_holds_it()
    {
        string source = Small();
        File.WriteAllText(_folder.File("model_index.json"), "{}");
        foreach (string target in (string[])[source, source + "/", _folder.Path])
        {
            Assert.Contains("that is to be converted", Assert.Throws<OutputException>(
                () => CheckpointConverter.Convert(Checkpoint.Open(source), target, new ConversionOptions { Overwrite = true })).Message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void Places_that_cannot_be_written_are_refused()
    {
        Assert.Contains("no folder", Assert.Throws<OutputException>(() => CheckpointConverter.Convert(Tiny, _folder.File("none/out"))).Message, StringComparison.Ordinal);
        _folder.Write("out", "a file");
        Assert.Contains("is a file", Assert.Throws<OutputException>(() => CheckpointConverter.Convert(Tiny, Out)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_disk_that_is_too_small_is_told_of_before_anything_is_written()
    {
        string message = Assert.Throws<OutputException>(() => CheckpointConverter.Convert(Tiny, Out, new ConversionOptions(), _ => 20_000_000, default)).Message;
        Assert.Contains("the disk has 20 MB left", message, StringComparison.Ordinal);
        Assert.Empty(_folder.Names);
    }

    [Fact]
    public void A_conversion_that_is_cancelled_or_fails_leaves_nothing_behind()
    {
        using CancellationTokenSource cancelled = new();
        ConversionOptions options = new() { NetworkWritten = _ => cancelled.Cancel() };
        Assert.ThrowsAny<OperationCanceledException>(() => CheckpointConverter.Convert(Tiny, Out, options, cancelled.Token));
        Assert.Throws<OutputException>(() => CheckpointConverter.Convert(Tiny, Out, new ConversionOptions { NetworkWritten = _ => throw new IOException("No space left on device") }));
        Assert.Empty(_folder.Names);
    }

    [Fact]
    public void Weights_never_lie_in_memory_whole()
    {
        Checkpoint demo = Checkpoint.Open(Repository.Models("demo"));
        long before = GC.GetAllocatedBytesForCurrentThread();
        ConversionReport report = CheckpointConverter.Convert(demo, Out, new ConversionOptions { Precision = ElementType.Float32 });
        long allocated = GC.GetAllocatedBytesForCurrentThread() - before;
        Assert.True(allocated < report.Networks.Sum(n => n.Bytes) / 4, $"{allocated} bytes for {report.Networks.Sum(n => n.Bytes)}");
    }

    [Fact]
    public void What_a_checkpoint_says_of_itself_makes_a_folder_that_says_the_same()
    {
        foreach (Checkpoint checkpoint in (Checkpoint[])[Tiny, Checkpoint.Open(Repository.Models("demo"))])
        {
            string folder = Directory.CreateDirectory(_folder.File(Guid.NewGuid().ToString("N"))).FullName;
            foreach (CheckpointFile file in FolderFiles.Describe(checkpoint))
            {
                Directory.CreateDirectory(Path.GetDirectoryName(Path.Combine(folder, file.Name))!);
                File.WriteAllBytes(Path.Combine(folder, file.Name), file.Content);
            }
            Checkpoint made = Checkpoint.Open(folder);
            Assert.Equal(checkpoint.PipelineClass, made.PipelineClass);
            Assert.Equal(checkpoint.Components, made.Components);
            Assert.Equal(checkpoint.OpenScheduler().ToJson().ToJsonString(), made.OpenScheduler().ToJson().ToJsonString());
            AssertSameValues(checkpoint.OpenPreprocessor(), made.OpenPreprocessor());
            AssertSameValues(checkpoint.Defaults, made.Defaults);
            foreach (CheckpointComponent network in checkpoint.Networks)
                Assert.True(JsonNode.DeepEquals(JsonNode.Parse(checkpoint.OpenConfig(network.Name).Json), JsonNode.Parse(made.OpenConfig(network.Name).Json)), network.Name);
            AssertSameTokenizer(checkpoint.LoadTokenizer(), made.LoadTokenizer());
        }
    }

    private static void AssertSameTokenizer(ClipTokenizer expected, ClipTokenizer actual)
    {
        foreach (string text in (string[])["a photo of an astronaut riding a horse on mars", "Größe 日本語 🎃 don't !!!", "<|endoftext|> and ! after", "", "a  b\tC"])
            Assert.Equal(expected.Encode(text).Ids, actual.Encode(text).Ids);
        Assert.Equal(expected.Data.Merges, actual.Data.Merges);
        Assert.Equal(expected.Data.Vocabulary, actual.Data.Vocabulary);
        Assert.Equal(expected.Data.SpecialTokens.OrderBy(t => t.Id), actual.Data.SpecialTokens.OrderBy(t => t.Id));
    }

    private static void AssertSameValues<T>(T expected, T actual) =>
        Assert.Equal(System.Text.Json.JsonSerializer.Serialize(expected), System.Text.Json.JsonSerializer.Serialize(actual));

    private void AssertTensors(string component, Action<WeightTensor, WeightTensor> same)
    {
        using IWeightFile from = (IWeightFile)Tiny.OpenWeights(component), to = (IWeightFile)Checkpoint.Open(Out).OpenWeights(component);
        Assert.Equal(from.Names.Order(StringComparer.Ordinal), to.Names.Order(StringComparer.Ordinal));
        Assert.All(from.Names, name =>
        {
            Assert.Equal(from[name].DimensionsText, to[name].DimensionsText);
            same(from[name], to[name]);
        });
    }

    private static float[] Rounded(float[] values, ElementType precision)
    {
        byte[] bytes = new byte[2 * values.Length];
        float[] rounded = [.. values];
        if (precision == ElementType.Float16)
        {
            HalfConversion.NarrowFloat16(values, bytes);
            HalfConversion.WidenFloat16(bytes, rounded);
        }
        else if (precision == ElementType.BFloat16)
        {
            HalfConversion.NarrowBFloat16(values, bytes);
            HalfConversion.WidenBFloat16(bytes, rounded);
        }
        return rounded;
    }

    /// <summary>A folder whose UNet is a torch file and whose index names components that are of no use here.</summary>
    private string Small()
    {
        string source = Directory.CreateDirectory(_folder.File("source")).FullName;
        Directory.CreateDirectory(Path.Combine(source, "unet"));
        File.WriteAllText(Path.Combine(source, "model_index.json"),
            """{"_class_name": "StableDiffusionPipeline", "unet": ["diffusers", "UNet2DConditionModel"], "safety_checker": ["x", "SafetyChecker"], "image_encoder": ["transformers", "X"]}""");
        File.Copy(Repository.Golden("ckpt/tiny.ckpt"), Path.Combine(source, "unet/diffusion_pytorch_model.bin"));
        return source;
    }
}
